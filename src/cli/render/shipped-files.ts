import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Files that come with nodemend, as texts name them: `deploy/nodemend-change.yaml`. */
const shipped = /(?<![\w/.-])(?:deploy|docs|examples)\/[\w./-]*\w/g;

/**
 * A text in which these files are named so that they are found from here: as they stand where nodemend's own folder is
 * the working folder, else by their path.
 */
export function withShippedFiles(text: string, workingFolder = process.cwd()): string {
  return text.replaceAll(shipped, (path) => {
    const folder = folderOf(path, import.meta.dirname);
    return folder === undefined || folder === workingFolder ? path : join(folder, path);
  });
}

/** The nearest folder above the program that holds it: of a checkout, of a package, or of what one file unpacked. */
function folderOf(path: string, start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, path))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
