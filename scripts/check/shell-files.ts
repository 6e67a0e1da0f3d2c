import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';

const skipped = new Set(['node_modules', 'dist', 'out']);

/**
 * Every shell script of the checkout, relative to it: `*.sh`, and files without an ending that start with `#!/bin/sh`
 * or bash.
 */
export function shellFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split('/').some((part) => skipped.has(part) || (part.startsWith('.') && part !== '.ci')))
    .filter((path) => path.endsWith('.sh') || isShellProgram(root, path))
    .toSorted();
}

function isShellProgram(root: string, path: string): boolean {
  if (/\.[^/]*$/.test(path.replace(/^\.ci\//, ''))) return false;
  const file = openSync(join(root, path), 'r');
  try {
    const start = Buffer.alloc(32);
    readSync(file, start);
    return /^#!\/(bin|usr\/bin)\/(env )?(ba|da)?sh\b/.test(start.toString('latin1'));
  } finally {
    closeSync(file);
  }
}
