import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeDisk } from '../node-root/node-disk.ts';

/** What firmware and kernel take, in short: who asks a node that reboots finds nobody there. */
const usualMs = 2000;

/** Of a node: how many seconds its boots take from now on, or `never`. `lab heal` gives it a disk without. */
const file = 'var/lib/nodemend-lab/boot-delay';

/** How long a node is away before it boots on its disk; undefined where it never does. */
export async function bootDelayMs({ upper }: NodeDisk): Promise<number | undefined> {
  const text = await firstWord(join(upper, file));
  if (text === 'never') return undefined;
  return /^\d{1,4}$/u.test(text) ? Number(text) * 1000 : usualMs;
}

/** The node wrote it: no link of its own is followed, and nothing is waited for. */
async function firstWord(path: string): Promise<string> {
  try {
    await using opened = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.toString('latin1', 0, bytesRead).trim();
  } catch {
    return '';
  }
}
