/**
 * Bundles the command line into dist/: ES modules, one chunk for each part that is loaded lazily. Sources run as they are
 * too (`with-node.sh`), but reading hundreds of small files costs several times the start-up that a bundle needs.
 *
 * Two builds at once are safe. Every file is replaced by a rename; chunks are named by their content; and dist/main.js, which
 * is written last, carries the time at which the build began as its mtime, so `bin/nodemend` takes a source that was saved
 * meanwhile for newer.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { commonOptions, entryPoints, root, version } from './build/bundle.ts';
import { thirdPartyNotices } from './build/third-party-notices.ts';

/** How long chunks of earlier builds stay for processes that still run them, milliseconds. */
const keepOldChunks = 24 * 60 * 60 * 1000;

/** A little early, because the clock that stamps files ticks only every few milliseconds. */
const began = new Date(Date.now() - 10);
const target = join(root, 'dist');

const result = await build({
  ...commonOptions(),
  entryPoints: entryPoints(),
  outdir: target,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  sourcesContent: false,
  // Packages in CommonJS form (ssh2) use __dirname, and require for Node's own modules.
  define: { __dirname: 'import.meta.dirname' },
  banner: {
    js: [
      `// nodemend ${version()}, Apache-2.0. Parts by others: THIRD-PARTY-NOTICES.txt`,
      `import { createRequire as createRequireForBundle } from 'node:module';`,
      `const require = createRequireForBundle(import.meta.url);`,
    ].join('\n'),
  },
});

for (const { path, contents } of result.outputFiles ?? []) {
  if (path !== join(target, 'main.js')) replaceFile(path, contents);
}
replaceFile(join(target, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(result.metafile ?? { inputs: {}, outputs: {} }, root));
for (const { path, contents } of result.outputFiles ?? []) {
  if (path === join(target, 'main.js')) replaceFile(path, contents, began);
}
removeOldChunks(new Set((result.outputFiles ?? []).map(({ path }) => path)));

function replaceFile(path: string, content: Uint8Array | string, modified?: Date): void {
  mkdirSync(dirname(path), { recursive: true });
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(staged, content);
  if (modified) utimesSync(staged, modified, modified);
  renameSync(staged, path);
}

function removeOldChunks(current: ReadonlySet<string>): void {
  const folder = join(target, 'chunks');
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const age = began.getTime() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? began.getTime());
    if (!current.has(path) && age > keepOldChunks) rmSync(path, { force: true });
  }
}

if (process.argv.includes('--verbose')) {
  for (const { path, contents } of result.outputFiles ?? []) console.log(`${contents.length}\t${relative(root, path)}`);
}
