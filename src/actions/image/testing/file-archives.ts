import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ImageArchives } from '../../../engine/images/image-archives.ts';

/** For the files that a test brings; gone with the copies of them when its file ends. */
export const folder = mkdtempSync(join(tmpdir(), 'nodemend-archives-'));

/** Of files alone: no node gives anything. */
export const archives = new ImageArchives({
  folder: join(folder, 'copies'),
  connect: () => Promise.reject(new Error('no node gives anything here')),
  bandwidth: 0,
  signal: new AbortController().signal,
});

afterAll(async () => {
  await archives.close();
  rmSync(folder, { recursive: true, force: true });
});
