import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const template = join(import.meta.dirname, 'template');

/** A problem's id is also a folder, a word on the command line and part of names in shell and TypeScript. */
export function isProblemId(id: string): boolean {
  return /^[a-z]+(-[a-z]+)*$/.test(id);
}

/** Writes the folder of a new problem and its line in the catalogue; gives the paths it wrote, from the root. */
export function makeProblem(root: string, id: string): readonly string[] {
  const files = readdirSync(template, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(template, name)).isFile(),
  );
  const written = files.map((name) => {
    const path = join('src/problems', id, name.replace(/\.txt$/, ''));
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), fill(readFileSync(join(template, name), 'utf8'), id));
    return path;
  });
  const list = 'src/problems/list.ts';
  appendFileSync(join(root, list), `export { ${camelCase(id)} } from './${id}/entry.ts';\n`);
  return [...written.toSorted(), list];
}

function fill(text: string, id: string): string {
  return text
    .replaceAll('@id@', id)
    .replaceAll('@camel@', camelCase(id))
    .replaceAll('@snake@', id.replaceAll('-', '_'));
}

function camelCase(id: string): string {
  return id.replace(/-([a-z0-9])/g, (_hyphen, letter: string) => letter.toUpperCase());
}
