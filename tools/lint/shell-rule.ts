import { isTest, projectPath, type Context, type Rule } from './rule.ts';

interface Expression {
  readonly type: string;
  readonly name?: string;
  readonly operator?: string;
  readonly expressions?: readonly unknown[];
  readonly callee?: { readonly property?: { readonly name?: string } };
}

/** Text methods that build a new string out of values. */
const building = new Set(['replace', 'replaceAll', 'concat', 'join', 'padEnd', 'padStart', 'repeat']);

/**
 * A shell script is a file (`import text from './x.sh?raw'`) or a constant, never put together from values: those travel as
 * positional arguments or on standard input. Holds for every property named `script`, and bars `shell: true` and
 * `child_process.exec`.
 */
export const shellRule: Rule = {
  create(context) {
    if (isTest(projectPath(context))) return {};
    return {
      Property: (node) => {
        const key = node.key as { readonly name?: string; readonly value?: unknown };
        const name = key.name ?? key.value;
        if (name === 'script' && isBuilt(node.value as Expression, context)) {
          context.report({ node, message: 'a shell script is put together from values; use a file, and pass values as arguments or input' });
        }
        if (name === 'shell' && (node.value as { readonly value?: unknown }).value !== false) {
          context.report({ node, message: 'no shell between nodemend and a program: pass an argument list' });
        }
      },
      ImportDeclaration: (node) => {
        if (!/^(node:)?child_process$/.test(String(node.source.value))) return;
        for (const specifier of node.specifiers) {
          const imported = (specifier as { readonly imported?: { readonly name?: string } }).imported?.name;
          if (imported === 'exec' || imported === 'execSync') {
            context.report({ node: specifier, message: `${imported} runs its text in a shell; use spawn or execFile` });
          }
        }
      },
    };
  },
};

function isBuilt(value: Expression, context: Context): boolean {
  switch (value.type) {
    case 'TemplateLiteral':
      return (value.expressions ?? []).length > 0;
    case 'BinaryExpression':
      return value.operator === '+';
    case 'CallExpression':
      return building.has(value.callee?.property?.name ?? '');
    case 'Identifier':
      return comesFromBuiltText(value, context);
    default:
      return false;
  }
}

/** Follows a name to the expression that it was given in this file. */
function comesFromBuiltText(identifier: Expression, context: Context): boolean {
  for (let scope: Scope | null = context.sourceCode.getScope(identifier as never) as unknown as Scope; scope; scope = scope.upper) {
    const variable = scope.variables.find(({ name }) => name === identifier.name);
    if (variable) return variable.defs.some(({ node }) => node.type === 'VariableDeclarator' && !!node.init && isBuilt(node.init, context));
  }
  return false;
}

interface Scope {
  readonly upper: Scope | null;
  readonly variables: readonly {
    readonly name: string;
    readonly defs: readonly { readonly node: { readonly type: string; readonly init?: Expression | null } }[];
  }[];
}
