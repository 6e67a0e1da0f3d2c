import { isTest, projectPath, type Context, type Rule } from './rule.ts';

/**
 * A shell script is a file (`import text from './x.sh?raw'`), a constant, or several of those joined; never put
 * together from values: those travel as positional arguments or on standard input. Holds for every property named
 * `script`, and bars `shell: true` and `child_process.exec`.
 */
export const shellRule: Rule = {
  create(context) {
    if (isTest(projectPath(context))) return {};
    return {
      Property: (node) => {
        const key = node.key as { readonly name?: string; readonly value?: unknown };
        const name = key.name ?? key.value;
        if (name === 'script' && !isScriptText(node.value as Expression, context)) {
          context.report({
            node,
            message: 'a shell script is put together from values; use a file, and pass values as arguments or input',
          });
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

interface Expression {
  readonly type: string;
  readonly name?: string;
  readonly operator?: string;
  readonly expressions?: readonly Expression[];
  readonly elements?: readonly Expression[];
  readonly left?: Expression;
  readonly right?: Expression;
  readonly object?: Expression;
  readonly property?: { readonly name?: string };
  readonly callee?: Expression;
}

type Judge = (value: Expression, context: Context) => boolean;

/** By kind of expression: is it made of nothing but script texts? A kind that is not listed cannot build text. */
const judges: Readonly<Record<string, Judge>> = {
  TemplateLiteral: (value, context) => (value.expressions ?? []).every((part) => isPart(part, context)),
  BinaryExpression: (value, context) =>
    [value.left, value.right].every((part) => part !== undefined && isPart(part, context)),
  CallExpression: (value, context) =>
    isJoinOfParts(value, context) || !building.has(value.callee?.property?.name ?? ''),
  Identifier: (value, context) => isNameOfScriptText(value, context),
};

/** Text methods that make a new text out of values. */
const building = new Set(['replace', 'replaceAll', 'concat', 'join', 'padEnd', 'padStart', 'repeat']);

function isScriptText(value: Expression, context: Context): boolean {
  return judges[value.type]?.(value, context) ?? true;
}

/** What may stand inside a joined script: a literal, a `?raw` import, or what is itself called a script. */
function isPart(value: Expression, context: Context): boolean {
  if (value.type === 'Literal') return true;
  if (value.type === 'MemberExpression') return value.property?.name === 'script';
  if (value.type === 'Identifier') return value.name === 'script' || isRawImport(value, context);
  return value.type in judges && isScriptText(value, context);
}

/** `[prelude, call.script].join('\n')` */
function isJoinOfParts(value: Expression, context: Context): boolean {
  const array = value.callee?.property?.name === 'join' ? value.callee.object : undefined;
  return array?.type === 'ArrayExpression' && (array.elements ?? []).every((part) => isPart(part, context));
}

function isNameOfScriptText(identifier: Expression, context: Context): boolean {
  return definitions(identifier, context).every(
    ({ node }) => node.type !== 'VariableDeclarator' || !node.init || isScriptText(node.init, context),
  );
}

function isRawImport(identifier: Expression, context: Context): boolean {
  const found = definitions(identifier, context);
  return found.length > 0 && found.every(({ parent }) => String(parent?.source?.value).endsWith('?raw'));
}

/** Where a name was given its meaning in this file. */
function definitions(identifier: Expression, context: Context): readonly Definition[] {
  let scope = context.sourceCode.getScope(identifier as never) as unknown as Scope | null;
  for (; scope; scope = scope.upper) {
    const variable = scope.variables.find(({ name }) => name === identifier.name);
    if (variable) return variable.defs;
  }
  return [];
}

interface Definition {
  readonly node: { readonly type: string; readonly init?: Expression | null };
  readonly parent?: { readonly source?: { readonly value?: unknown } } | null;
}

interface Scope {
  readonly upper: Scope | null;
  readonly variables: readonly { readonly name: string; readonly defs: readonly Definition[] }[];
}
