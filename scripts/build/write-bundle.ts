import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build, type BuildResult } from 'esbuild';
import { bundleOptions, root } from './options.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

/**
 * Bundles into a folder and gives the paths it wrote. Every file is replaced by a rename; chunks are named by their content;
 * and main.js, which is written last, gets `stamp` as its mtime, so two builds at once are safe.
 */
export async function writeBundle(target: string, options: { readonly stamp: Date; readonly maps: boolean }): Promise<readonly string[]> {
  const { outputFiles = [], metafile } = await buildOrExit(target, options.maps);
  const main = join(target, 'main.js');
  for (const { path, contents } of outputFiles) {
    if (path !== main) replaceFile(path, contents);
  }
  if (metafile) replaceFile(join(target, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(metafile, root));
  for (const { path, contents } of outputFiles) {
    if (path === main) replaceFile(path, contents, options.stamp);
  }
  return outputFiles.map(({ path }) => path);
}

/** esbuild has already said what is wrong, better than a stack trace would. */
async function buildOrExit(target: string, maps: boolean): Promise<BuildResult> {
  try {
    return await build({ ...bundleOptions(target), ...(maps ? { sourcemap: 'linked', sourcesContent: false } : {}) });
  } catch {
    process.exit(1);
  }
}

function replaceFile(path: string, content: Uint8Array | string, modified?: Date): void {
  mkdirSync(dirname(path), { recursive: true });
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(staged, content);
  if (modified) utimesSync(staged, modified, modified);
  renameSync(staged, path);
}
