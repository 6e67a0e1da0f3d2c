import { isTest, projectPath, type Rule } from './rule.ts';

/**
 * The product throws NodemendError, whose code has words and a next step in both languages. Rethrowing what was caught
 * is fine; a new plain Error is not.
 */
export const throwRule: Rule = {
  create(context) {
    const path = projectPath(context);
    if (!/^(src|lab)\//.test(path) || isTest(path)) return {};
    return {
      ThrowStatement: (node) => {
        const thrown = node.argument as { readonly type: string; readonly callee?: { readonly name?: string } };
        if (
          thrown.type === 'NewExpression' &&
          /^(Error|TypeError|RangeError|SyntaxError)$/.test(thrown.callee?.name ?? '')
        ) {
          context.report({
            node,
            message: `throw a NodemendError, not ${thrown.callee?.name}: users need a code and a next step`,
          });
        }
      },
    };
  },
};
