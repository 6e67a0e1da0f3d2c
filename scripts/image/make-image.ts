import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { version } from '../build/options.ts';
import type { Architecture } from '../package/program-tree.ts';
import { describeReleaseFile } from '../package/release-file.ts';
import { imageArchive, imageName } from './image-archive.ts';
import { writeImageTree } from './image-tree.ts';
import { writeImageArchive } from './write-archive.ts';

export interface MadeImage {
  /** With its tag, as the archive names it and as `deploy/` does. */
  readonly name: string;
  /** `sha256:…` of its manifest: what a registry will call it. */
  readonly digest: string;
  readonly archive: string;
  /** Of the archive, which is what a node downloads; bytes. */
  readonly size: number;
}

/**
 * Builds the image of nodemend for this machine's architecture. The same checkout, the same versions of the Debian
 * packages in it and the same timestamp give the same digest, and the same archive to the byte.
 * @param timestamp of every file and of the image, seconds since 1970
 * @throws Error with what is missing and what to do
 */
export async function makeImage(folder: string | undefined, timestamp: number): Promise<MadeImage> {
  checkMachine();
  const scratch = mkdtempSync(join(tmpdir(), 'nodemend-image-'));
  try {
    const context = join(scratch, 'context');
    const { modules, beside } = await writeImageTree(process.arch as Architecture, context);
    const name = imageName();
    const script = join(import.meta.dirname, 'build-image.sh');
    const args = [
      script,
      context,
      join(import.meta.dirname, 'Containerfile'),
      name,
      version(),
      String(timestamp),
      scratch,
    ];
    const built = spawnSync('unshare', ['--mount', '--net', '--propagation', 'private', '--', 'sh', ...args], {
      encoding: 'utf8',
      cwd: '/',
    });
    if (built.status !== 0) throw new Error(`buildah failed: ${(built.stderr || String(built.error)).trim()}`);
    const archive = imageArchive(folder);
    mkdirSync(dirname(archive), { recursive: true });
    const digest = writeImageArchive(join(scratch, 'oci'), archive, { name, timestamp });
    describeReleaseFile(archive, modules, beside);
    return { name, digest, archive, size: statSync(archive).size };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What it takes, by the Debian package that brings it. */
const programs = {
  buildah: 'buildah',
  busybox: 'busybox-static',
  strip: 'binutils',
  unshare: 'util-linux',
  'dpkg-query': 'dpkg',
} as const;

function checkMachine(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('the image is built by root of a Linux machine\n  next: sudo npm run image');
  const missing = Object.entries(programs).filter(
    ([program]) => spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program]).status !== 0,
  );
  if (missing.length > 0) {
    const [names, bring] = [missing.map(([program]) => program).join(', '), missing.map(([, name]) => name).join(' ')];
    throw new Error(`missing: ${names}\n  next: apt-get install --no-install-recommends ${bring}`);
  }
  if (spawnSync('/bin/busybox', ['--list']).status !== 0 || isDynamic('/bin/busybox')) {
    throw new Error(
      '/bin/busybox is not the static one\n  next: apt-get install --no-install-recommends busybox-static',
    );
  }
}

function isDynamic(program: string): boolean {
  return /=>/.test(spawnSync('ldd', [program], { encoding: 'utf8' }).stdout);
}
