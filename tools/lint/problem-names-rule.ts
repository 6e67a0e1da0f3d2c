import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isTest, projectPath, type Rule } from './rule.ts';

/** Whatever a problem is called, only its own folder and the catalogue know it: both could be gone tomorrow. */
export const problemNamesRule: Rule = {
  create(context) {
    const file = projectPath(context);
    if (!isProduct(file) || isTest(file) || excepted.has(file)) return {};
    const others = problemIds(context.cwd).filter((id) => !file.startsWith(`src/problems/${id}/`));
    const report = (node: object, text: string): void => {
      const id = others.find((one) => names(text, one));
      if (id !== undefined)
        context.report({ node: node as never, message: `only src/problems/${id}/ and the catalogue may name ${id}` });
    };
    return {
      Literal: (node) => {
        if (typeof node.value === 'string') report(node, node.value);
      },
      TemplateElement: (node) => report(node, node.value.cooked ?? node.value.raw),
      Identifier: (node) => {
        if (others.some((id) => camelCase(id) === node.name)) report(node, kebabCase(node.name));
      },
    };
  },
};

const excepted: ReadonlySet<string> = new Set([
  'src/problems/list.ts',
  // The keys of sections as bundles of 0.1 have them, whatever problems there are today.
  'src/evidence/older-sections.ts',
]);

function isProduct(file: string): boolean {
  return /^(src|lab)\//.test(file);
}

const known = new Map<string, readonly string[]>();

/** The folders of problems: each has an entry for the catalogue. */
function problemIds(project: string): readonly string[] {
  const folder = join(project, 'src/problems');
  const found = known.get(project) ?? readdirSync(folder).filter((name) => existsSync(join(folder, name, 'entry.ts')));
  known.set(project, found);
  return found;
}

/** As a word of its own, in a path, too; `image-pull` is not named by `image-pull-secret`. */
function names(text: string, id: string): boolean {
  return new RegExp(`(?<![a-z0-9-])${id}(?![a-z0-9-])`, 'u').test(text);
}

function camelCase(id: string): string {
  return id.replace(/-([a-z0-9])/gu, (_hyphen, letter: string) => letter.toUpperCase());
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}
