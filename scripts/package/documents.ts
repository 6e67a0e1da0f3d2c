import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../build/options.ts';

/** What a user of a release reads and applies, beside the program. */
const documents = ['deploy', 'docs', 'examples', 'README.md', 'README.ko.md', 'SECURITY.md', 'CHANGELOG.md'];

/**
 * Copies them into a folder, and the pages of the problems, to which they lead. A link to what only a checkout has
 * becomes its words: it would lead nowhere. @returns the names at the top of the folder
 */
export function writeDocuments(folder: string): readonly string[] {
  const pages = readdirSync(join(root, 'src/problems')).flatMap((problem) =>
    ['README.md', 'README.ko.md'].map((page) => join('src/problems', problem, page)),
  );
  for (const name of [...documents, ...pages].filter((path) => existsSync(join(root, path)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.md') || path.startsWith('node_modules')) continue;
    const text = readFileSync(join(folder, path), 'utf8');
    const kept = text.replaceAll(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (link, words: string, target: string) =>
      /^(?:[a-z]+:|#)/.test(target) || existsSync(join(folder, targetOf(path, target))) ? link : words,
    );
    if (kept !== text) writeFileSync(join(folder, path), kept);
  }
  return [...documents, 'src'];
}

function targetOf(page: string, target: string): string {
  return normalize(join(dirname(page), target.split('#', 1)[0] ?? ''));
}
