import { execFile } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * A tar archive with the machine's static busybox as /bin/busybox: a layer that runs without anything else.
 * @param zeros bytes of a file /zeros beside it, which take no room on the way and all of it on a node
 */
export async function busyboxLayer(zeros = 0): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'nodemend-layer-'));
  try {
    await writeFile(join(folder, 'zeros'), '');
    await truncate(join(folder, 'zeros'), zeros);
    const place = ['--transform=s,^busybox,bin/busybox,', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    const files = ['-C', '/bin', 'busybox', ...(zeros === 0 ? [] : ['-C', folder, 'zeros'])];
    const { stdout } = await promisify(execFile)('tar', [...place, '-cf', '-', ...files], {
      encoding: 'buffer',
      maxBuffer: zeros + 1e8,
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
