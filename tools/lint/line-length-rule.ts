import type { Rule } from './rule.ts';

/** The formatter's width is 120; what it cannot break is broken by hand, and never longer than this. */
const longest = 140;

interface Literal {
  readonly loc?: { readonly start: { readonly line: number }; readonly end: { readonly line: number } } | null;
}

/**
 * No line is longer than 140 characters. Exempt is what cannot be broken without becoming something else: a regular
 * expression, and the text of a tagged template or of one with several lines.
 */
export const lineLengthRule: Rule = {
  create(context) {
    const unbreakable: { readonly from: number; readonly to: number }[] = [];
    const exempt = ({ loc }: Literal): void => {
      if (loc) unbreakable.push({ from: loc.start.line, to: loc.end.line });
    };
    return {
      Literal: (node) => {
        if ('regex' in node) exempt(node);
      },
      TaggedTemplateExpression: (node) => exempt(node.quasi),
      TemplateLiteral: (node) => {
        if (node.loc && node.loc.start.line < node.loc.end.line) exempt(node);
      },
      'Program:exit': () => {
        for (const [index, text] of context.sourceCode.lines.entries()) {
          const line = index + 1;
          if (text.length <= longest || unbreakable.some(({ from, to }) => from <= line && line <= to)) continue;
          context.report({
            loc: { start: { line, column: 0 }, end: { line, column: text.length } },
            message: `a line of ${text.length} characters; ${longest} at the most`,
          });
        }
      },
    };
  },
};
