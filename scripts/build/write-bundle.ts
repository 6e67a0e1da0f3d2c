import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { rolldown, type RolldownOutput } from 'rolldown';
import { bundleOptions, root } from './options.ts';
import { fileOfModule } from './raw-text-plugin.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

export interface WrittenBundle {
  /** Paths of what was written. */
  readonly files: readonly string[];
  /** Paths of the modules whose code or text is in it. */
  readonly modules: readonly string[];
}

/**
 * Bundles into a folder. Every file is replaced by a rename; chunks are named by their content; and main.js, which is
 * written last, gets `stamp` as its mtime, so two builds at once are safe.
 */
export async function writeBundle(
  target: string,
  options: { readonly stamp: Date; readonly maps: boolean },
): Promise<WrittenBundle> {
  const { output } = await bundleOrExit(options.maps);
  const files = output.map((file) => ({
    path: join(target, file.fileName),
    content: file.type === 'chunk' ? inAscii(file.code) : file.source,
  }));
  const main = join(target, 'main.js');
  for (const { path, content } of files) {
    if (path !== main) replaceFile(path, content);
  }
  const modules = output.flatMap((file) =>
    file.type === 'chunk' ? file.moduleIds.map((id) => fileOfModule(root, id)) : [],
  );
  replaceFile(join(target, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(modules));
  for (const { path, content } of files) {
    if (path === main) replaceFile(path, content, options.stamp);
  }
  return { files: files.map(({ path }) => path), modules };
}

/** What is wrong with a source is shown as the bundler says it; a stack trace of the bundler helps nobody. */
async function bundleOrExit(maps: boolean): Promise<RolldownOutput> {
  const { input, output } = bundleOptions(maps);
  try {
    await using bundle = await rolldown(input);
    return await bundle.generate(output);
  } catch (error) {
    console.error(stripVTControlCharacters(error instanceof Error ? error.message : String(error)));
    process.exit(1);
  }
}

/** A source of one byte a character takes V8 half the memory, and Node no decoding; Korean words become escapes. */
function inAscii(code: string): string {
  return code.replaceAll(
    // oxlint-disable-next-line no-control-regex -- all of ASCII
    /[^\u0000-\u007f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function replaceFile(path: string, content: Uint8Array | string, modified?: Date): void {
  mkdirSync(dirname(path), { recursive: true });
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}`);
  writeFileSync(staged, content);
  if (modified) utimesSync(staged, modified, modified);
  renameSync(staged, path);
}
