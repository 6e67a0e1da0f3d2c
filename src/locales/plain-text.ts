import type { TextParams, TextTree } from './translator.ts';

/**
 * The text of a key without i18next, whose first look-ups cost more than most commands take; undefined when the text needs more than
 * its placeholders filled: a plural or context form, a format, a nested text. A test holds that both give the same words.
 */
export function plainText(texts: TextTree, key: string, params: TextParams): string | undefined {
  if ('count' in params || 'context' in params) return undefined;
  const template = textAt(texts, key);
  if (template === undefined || /[{}]|\$t\(/.test(template.replaceAll(placeholders, ''))) return undefined;
  return template.replaceAll(placeholders, (placeholder, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : placeholder));
}

const placeholders = /\{\{(\w+)\}\}/g;

function textAt(texts: TextTree, key: string): string | undefined {
  let found: string | TextTree | undefined = texts;
  for (const step of key.split('.')) {
    if (typeof found !== 'object' || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return typeof found === 'string' ? found : undefined;
}
