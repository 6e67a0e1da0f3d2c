import { projectPath, type Rule } from './rule.ts';

/** Names that say nothing about what is inside. */
const vague = new Set(['util', 'utils', 'helper', 'helpers', 'manager', 'common', 'misc']);

/** A file or folder is named after its subject, and re-exports nothing wholesale. */
export const namesRule: Rule = {
  create(context) {
    const words = projectPath(context)
      .replace(/\.[^/]*$/, '')
      .split(/[/-]/);
    return {
      Program: (node) => {
        for (const word of words) {
          if (vague.has(word)) context.report({ node, message: `'${word}' in the name tells no subject` });
        }
      },
      ExportAllDeclaration: (node) => {
        context.report({ node, message: 'no barrels: import a thing from the file that has it' });
      },
    };
  },
};
