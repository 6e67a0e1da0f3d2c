/**
 * Reads from sources which texts they ask for, without running them. It knows quoted strings and templates, which is
 * how keys are written here; a template's values stand for anything.
 */

/** A key, or a template that stands for several. */
export interface UsedKey {
  readonly written: string;
  readonly matches: (key: string) => boolean;
}

/** The keys in calls `t(…)`: literals, templates, and both sides of a condition. */
export function askedKeys(source: string): readonly UsedKey[] {
  const code = withoutComments(source);
  return [...code.matchAll(/(?<![\w.])(?:\w+\.)*t\(/g)].flatMap((call) =>
    literals(firstArgument(code, call.index + call[0].length)),
  );
}

/** Every literal of a source that could be a key. */
export function literals(code: string): readonly UsedKey[] {
  const quoted = [...code.matchAll(/'([\w$-]+(?:[./][\w$-]+)*)'/g)].map(([, key = '']): UsedKey => ({
    written: key,
    matches: (other) => other === key,
  }));
  const templates = [...code.matchAll(/`((?:[\w./-]|\$\{[^}`]*\})+)`/g)].map(([, template = '']) =>
    templateKey(template),
  );
  return [...quoted, ...templates];
}

/** At least four letters have to be fixed: `${a}.${b}` would stand for every key. */
function templateKey(template: string): UsedKey {
  const parts = template.split(/\$\{[^}]*\}/);
  const pattern = new RegExp(`^${parts.map((part) => part.replaceAll(/[./]/g, String.raw`\$&`)).join('.+')}$`);
  const fixed = parts.join('').replaceAll(/\W/g, '').length >= 4;
  return { written: template, matches: (key) => fixed && pattern.test(key) };
}

export function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** The text up to the comma or bracket that ends an argument; those inside of quotes and brackets do not. */
function firstArgument(code: string, from: number): string {
  const rest = code.slice(from);
  let depth = 0;
  for (const { 0: part, index } of rest.matchAll(/'[^']*'|`[^`]*`|[()[\]{},]/g)) {
    if (depth === 0 && (part === ',' || part === ')')) return rest.slice(0, index);
    if ('([{'.includes(part)) depth += 1;
    if (')]}'.includes(part)) depth -= 1;
  }
  return rest;
}
