import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
  const index = join(root, 'src/problems/index.ts');
  writeFileSync(index, withProblem(readFileSync(index, 'utf8'), id));
  return [...written.toSorted(), 'src/problems/index.ts'];
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

/** The catalogue with one more line at the end of its list, and the import that it needs. */
export function withProblem(index: string, id: string): string {
  const name = camelCase(id);
  const lastImport = index.lastIndexOf('import ');
  const after = index.indexOf('\n', lastImport) + 1;
  const line = `import { ${name} } from './${id}/entry.ts';\n`;
  return (index.slice(0, after) + line + index.slice(after)).replace(
    /(= \[)([^\]]*)\];/,
    (_all, open: string, list: string) => {
      const names = list
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
      return `${open}\n${[...names, name].map((one) => `  ${one},\n`).join('')}];`;
    },
  );
}
