/**
 * Bundles the command line into dist/. Sources run as they are too (`with-node.sh`), but reading hundreds of small
 * files costs several times the start-up that a bundle needs. `--clean` starts from an empty folder and leaves source
 * maps out, as the npm package wants it.
 */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build/options.ts';
import { writeBundle } from './build/write-bundle.ts';

/** How long chunks of earlier builds stay for processes that still run them, milliseconds. */
const keepOldChunks = 24 * 60 * 60 * 1000;

/**
 * When this build read its sources; `bin/nodemend` takes what is younger than dist/main.js for an edit. A little early,
 * because the clock that stamps files ticks only every few milliseconds.
 */
const stamp = new Date(Date.now() - 10);
const target = join(root, 'dist');
const clean = process.argv.includes('--clean');

if (clean) rmSync(target, { recursive: true, force: true });
const { files } = await writeBundle(target, { stamp, maps: !clean });
removeOldChunks(new Set(files));

function removeOldChunks(current: ReadonlySet<string>): void {
  const folder = join(target, 'chunks');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const age = stamp.getTime() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? stamp.getTime());
    if (!current.has(path) && age > keepOldChunks) rmSync(path, { force: true });
  }
}
