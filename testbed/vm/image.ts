import { createHash } from 'node:crypto';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackedPackage } from '../../test/chroot/debian-package.ts';
import { cacheFolder, makeOnce } from '../go/make-once.ts';
import { runMaker } from '../go/run-maker.ts';
import type { BuildOptions } from '../go/go-module.ts';

/** A disk that a virtual machine boots from by BIOS and by UEFI, and what a client needs to log in as root. */
export interface VmImage {
  /** Nobody writes to it: a machine writes to a copy of its own. */
  readonly disk: string;
  /** Private key of the one who may log in. */
  readonly identity: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** The folder with OVMF's `OVMF_CODE_4M.fd` and `OVMF_VARS_4M.fd`. */
  readonly uefi: string;
}

/** What the image depends on beside the packages, whose versions are those of the day on which it was made. */
const sources = ['vm/make-image.sh', 'node/run-user-script.sh'] as const;
/** Of Debian's package, which is installed nowhere. */
const uefiFiles = ['OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'] as const;
const testbed = join(import.meta.dirname, '..');

/**
 * Made from Debian's packages by the first call, found again by the hash of what it is made by afterwards: some 80 s on
 * two idle cores, 400 MB. Needs root, for the owners of files.
 * @throws Error with what the maker said, when there is no network for example
 */
export async function vmImage({ environment, report, signal }: BuildOptions): Promise<VmImage> {
  const cache = cacheFolder(environment);
  const name = `vm-${await sourcesHash()}`;
  const folder = await makeOnce(cache, name, async (workshop) => {
    const startedAt = performance.now();
    report(`making the virtual machine's disk in ${join(cache, name)} (once, a minute or two)`);
    await runMaker(workshop, {
      program: '/bin/sh',
      args: [join(testbed, 'vm/make-image.sh'), workshop.result, workshop.temporary],
      cwd: '/',
      environment: { ...environment, LC_ALL: 'C.UTF-8' },
      signal,
    });
    const firmware = join(unpackedPackage('ovmf'), 'usr/share/OVMF');
    for (const file of uefiFiles) await copyFile(join(firmware, file), join(workshop.result, file));
    report(`made the virtual machine's disk in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  });
  return {
    disk: join(folder, 'disk.raw'),
    identity: join(folder, 'identity'),
    hostKey: (await readFile(join(folder, 'host-key'), 'utf8')).trim(),
    uefi: folder,
  };
}

async function sourcesHash(): Promise<string> {
  const guest = (await readdir(join(testbed, 'vm/guest'))).toSorted().map((name) => `vm/guest/${name}`);
  const texts = await Promise.all([...sources, ...guest].map((path) => readFile(join(testbed, path), 'utf8')));
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16);
}
