import { dirname, posix } from 'node:path';
import { layerOf, type Layer } from './layers.ts';
import { isTest, projectPath, type Rule } from './rule.ts';

interface ImportLike {
  readonly source: { readonly value?: unknown } | null;
  readonly importKind?: 'type' | 'value';
  readonly exportKind?: 'type' | 'value';
  readonly specifiers?: readonly { readonly importKind?: 'type' | 'value' }[];
}

/** Imports may point only where `layers.ts` says. */
export const layersRule: Rule = {
  create(context) {
    const from = projectPath(context);
    const check = (node: object, specifier: unknown, typeOnly: boolean): void => {
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const problem = judge(from, specifier, typeOnly);
      if (problem !== undefined) context.report({ node: node as never, message: problem });
    };
    const declaration = (node: unknown): void => {
      const found = node as ImportLike;
      check(node as object, found.source?.value, isTypeOnly(found));
    };
    return {
      ImportDeclaration: declaration,
      ExportNamedDeclaration: declaration,
      ExportAllDeclaration: declaration,
      ImportExpression: (node) => check(node, (node.source as { readonly value?: unknown }).value, false),
      TSImportType: (node) => check(node, (node as unknown as ImportLike).source?.value, true),
    };
  },
};

/** `import type …`, `export type …`, or every name marked with `type`. */
function isTypeOnly(node: ImportLike): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const names = node.specifiers ?? [];
  return names.length > 0 && names.every(({ importKind }) => importKind === 'type');
}

/** Why `from` may not import `specifier`; undefined when it may. */
function judge(from: string, specifier: string, typeOnly: boolean): string | undefined {
  const own = layerOf(from);
  if (own === undefined) return undefined;
  const target = posix.join(dirname(from), specifier.replace(/\?raw$/, ''));
  const other = layerOf(target);
  if (isTest(from)) return testOf(own, other);
  if (other === undefined) return `${target} is not part of the product; ${own.name} may not import it`;
  if (own.name === 'problem' && other.name === 'problem') return sameProblem(from, target);
  if (other.name === own.name || own.uses.includes(other.name)) return undefined;
  if (!own.knows.includes(other.name)) return `${own.name} may not import from ${other.name}`;
  return typeOnly ? undefined : `${own.name} may import only types from ${other.name}`;
}

/** Tests reach anything; but those of the use-cases show that they stand without any way in. */
function testOf(own: Layer, other: Layer | undefined): string | undefined {
  const isWayIn = other !== undefined && ['cli', 'operator', 'server'].includes(other.name);
  return own.name === 'app' && isWayIn ? `tests of app may not import from ${other.name}` : undefined;
}

function sameProblem(from: string, target: string): string | undefined {
  const id = (path: string): string | undefined => path.split('/')[2];
  return id(from) === id(target) ? undefined : `a problem may not import another one (${id(target)})`;
}
