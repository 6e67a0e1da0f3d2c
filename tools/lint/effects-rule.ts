import { effects, type Effect } from './effects.ts';
import { isTest, projectPath, type Rule } from './rule.ts';

interface Specifier {
  readonly type: string;
  readonly importKind?: 'type' | 'value';
  readonly imported?: { readonly name?: string };
}

/** Only the places named in `effects.ts` may import what acts on the world. Holds for src/. */
export const effectsRule: Rule = {
  create(context) {
    const path = projectPath(context);
    if (!path.startsWith('src/') || isTest(path)) return {};
    const check = (node: object, source: unknown, specifiers: readonly Specifier[] | undefined): void => {
      for (const effect of effects) {
        if (typeof source === 'string' && isStray(effect, path, source, specifiers)) {
          context.report({
            node: node as never,
            message: `'${source}' ${effect.what}; that is not allowed in ${path}`,
          });
        }
      }
    };
    return {
      ImportDeclaration: (node) => {
        if (node.importKind !== 'type')
          check(node, node.source.value, node.specifiers as unknown as readonly Specifier[]);
      },
      ImportExpression: (node) => check(node, (node.source as { readonly value?: unknown }).value, undefined),
      CallExpression: (node) => {
        const callee = node.callee as { readonly type: string; readonly name?: string };
        if (callee.type === 'Identifier' && callee.name === 'fetch') check(node, 'undici', undefined);
      },
    };
  },
};

function isStray(effect: Effect, path: string, source: string, specifiers: readonly Specifier[] | undefined): boolean {
  if (!effect.modules.includes(source) || effect.allowed.some((place) => place.test(path))) return false;
  // A whole-module import cannot be told from a harmful one.
  return specifiers === undefined || specifiers.some((specifier) => !isHarmless(effect, specifier));
}

function isHarmless(effect: Effect, specifier: Specifier): boolean {
  if (specifier.importKind === 'type') return true;
  return specifier.type === 'ImportSpecifier' && (effect.harmless ?? []).includes(specifier.imported?.name ?? '');
}
