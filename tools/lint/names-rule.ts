import { formerWord } from './former-words.ts';
import { projectPath, type Rule } from './rule.ts';

/** Names that say nothing about what is inside. */
const vague = new Set(['util', 'utils', 'helper', 'helpers', 'manager', 'common', 'misc']);

interface Named {
  readonly type: string;
  readonly name?: string;
}

/** A file or folder is named after its subject, and re-exports nothing wholesale; no name is of a word that went away. */
export const namesRule: Rule = {
  create(context) {
    const path = projectPath(context);
    const words = path.replace(/\.[^/]*$/, '').split(/[/-]/);
    type Node = Parameters<typeof context.report>[0] extends infer Report
      ? Extract<Report, { node: unknown }>['node']
      : never;
    const check = (node: Node, name: string, what: 'variable' | 'other'): void => {
      const found = formerWord(name, what);
      if (found) context.report({ node, message: `'${found[0]}' in ${name} gave way to: ${found[1]}` });
    };
    const declared = (node: Node & { readonly id?: Named | null }): void => {
      if (node.id?.name !== undefined) check(node, node.id.name, 'other');
    };
    return {
      Program: (node) => {
        for (const word of words) {
          if (vague.has(word)) context.report({ node, message: `'${word}' in the name tells no subject` });
        }
        check(node, path.replace(/\.[^/]*$/, ''), 'other');
      },
      FunctionDeclaration: declared,
      ClassDeclaration: declared,
      TSInterfaceDeclaration: declared,
      TSTypeAliasDeclaration: declared,
      VariableDeclarator: (node) => {
        const { id } = node as { readonly id: Named };
        if (id.type === 'Identifier' && id.name !== undefined) check(node, id.name, 'variable');
      },
      ExportAllDeclaration: (node) => {
        context.report({ node, message: 'no barrels: import a thing from the file that has it' });
      },
    };
  },
};
