import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { root, version } from '../build/options.ts';
import type { Architecture } from './program-tree.ts';

/** As Go, and so krew, calls them. */
const architectures: Readonly<Record<Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * What krew installs as `kubectl nodemend`: of each one-file nodemend that is in `out` an archive, and the manifest
 * `nodemend.krew.yaml` (krew.sigs.k8s.io/docs/developer-guide/plugin-manifest) with their checksums. `from` is where the
 * release can be had. The same files give the same bytes.
 */
export function makeKrewPlugin(out: string, from: string): readonly string[] {
  const platforms = (Object.keys(architectures) as Architecture[]).flatMap((arch) => {
    const program = `nodemend-${version()}-linux-${arch}`;
    return existsSync(join(out, program)) ? [platformOf(arch, archiveOf(out, program), from)] : [];
  });
  const manifest = {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'nodemend' },
    spec: {
      version: `v${version()}`,
      homepage: from,
      shortDescription: 'Find and fix problems on worker nodes',
      description:
        'Finds, explains and fixes problems on Kubernetes worker nodes: container logs that fill disks, images that ' +
        'cannot be pulled, kernels that leak memory cgroups. Nothing changes without a plan that somebody saw, and ' +
        'every change can be undone.',
      platforms: platforms.map(({ platform }) => platform),
    },
  };
  const file = join(out, 'nodemend.krew.yaml');
  writeFileSync(file, stringify(manifest, { lineWidth: 0 }));
  return [...platforms.map(({ archive }) => archive), file];
}

/** krew unpacks archives alone, and wants the licence beside the program. */
function archiveOf(out: string, program: string): string {
  const stage = mkdtempSync(join(tmpdir(), 'nodemend-krew-'));
  try {
    copyFileSync(join(out, program), join(stage, 'nodemend'));
    copyFileSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    const archive = join(out, `${program}.tar.gz`);
    const fixed = [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=0755',
      '--format=ustar',
    ];
    const packed = execFileSync('tar', [...fixed, '-C', stage, '-cf', '-', 'LICENSE', 'nodemend'], {
      maxBuffer: 2 ** 30,
    });
    writeFileSync(archive, execFileSync('gzip', ['-n', '-1'], { input: packed, maxBuffer: 2 ** 30 }));
    return archive;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function platformOf(
  arch: Architecture,
  archive: string,
  from: string,
): { readonly archive: string; readonly platform: object } {
  return {
    archive,
    platform: {
      selector: { matchLabels: { os: 'linux', arch: architectures[arch] } },
      uri: `${from}/${archive.slice(archive.lastIndexOf('/') + 1)}`,
      sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
      bin: 'nodemend',
    },
  };
}
