import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../lab/node-root/run-program.ts';

/** Of every node's pods; the default of containerd 1.6. */
export const sandboxImage = 'registry.k8s.io/pause:3.6';

/** What the one image is called: the sandbox image, a name for tests, and one that nodemend takes for the node's own. */
const imageNames = [sandboxImage, 'docker.io/library/box:1', 'localhost/box:1'] as const;

/**
 * As the real pause does: PID 1 without a handler would ignore SIGTERM, and stopping a Docker pod would take
 * dockershim's ten seconds.
 */
const untilTerminated = "trap 'exit 0' TERM INT; sleep 1000000 & wait";

/**
 * Makes a container image of the machine's static busybox without a network or a registry: an archive as `docker save`
 * writes it (Docker Image Specification v1.2), which `docker load` and `ctr images import` read. It sleeps when it is
 * not told otherwise.
 */
export async function writeImageArchive(folder: string, busybox: string): Promise<string> {
  const content = join(folder, 'content');
  const rootfs = join(folder, 'rootfs');
  await mkdir(join(rootfs, 'bin'), { recursive: true });
  await Promise.all(['tmp', 'etc', 'host'].map((name) => mkdir(join(rootfs, name))));
  await copyFile(busybox, join(rootfs, 'bin', 'busybox'));
  await chmod(join(rootfs, 'bin', 'busybox'), 0o755);
  const applets = ['sh', 'cat', 'ls', 'echo', 'sleep', 'chroot', 'yes', 'seq', 'date'];
  await Promise.all(applets.map((name) => symlink('busybox', join(rootfs, 'bin', name))));

  await mkdir(join(content, 'layer'), { recursive: true });
  const layer = join(content, 'layer', 'layer.tar');
  await mustRun('image', 'tar', [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '-C',
    rootfs,
    '-cf',
    layer,
    '.',
  ]);
  const diffId = createHash('sha256')
    .update(await readFile(layer))
    .digest('hex');
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: { Entrypoint: ['/bin/busybox'], Cmd: ['sh', '-c', untilTerminated], Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${diffId}`] },
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'nodemend testbed' }],
  };
  const manifest = [{ Config: 'config.json', RepoTags: imageNames, Layers: ['layer/layer.tar'] }];
  await writeFile(join(content, 'config.json'), JSON.stringify(config));
  await writeFile(join(content, 'manifest.json'), JSON.stringify(manifest));
  const archive = join(folder, 'image.tar');
  await mustRun('image', 'tar', [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '-C',
    content,
    '-cf',
    archive,
    '.',
  ]);
  await Promise.all([content, rootfs].map((path) => rm(path, { recursive: true })));
  return archive;
}
