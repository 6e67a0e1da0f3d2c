import type { Language } from './language.ts';

/** Values for the `{{placeholders}}` of a text; `count` also chooses between the `_one` and `_other` forms of a key. */
export type TextParams = Readonly<Record<string, string | number>>;

/** Texts as the JSON files hold them: nested objects whose leaves are templates. */
export interface TextTree {
  readonly [key: string]: string | TextTree;
}

/** Looks texts up by dotted key (`diagnose.summary`) in one language. */
export interface Translator {
  readonly language: Language;
  /**
   * The text with its placeholders filled. A missing value stays visible as `{{name}}` and a missing key as the key
   * itself, so that a wrong sentence is seen at once; tests hold that neither happens.
   *
   * Korean texts never attach one form of a particle to a placeholder (은/는, 이/가 depend on its last letter): they
   * rephrase, or write both forms as `이(가)`. A test holds this too.
   */
  text(key: string, params?: TextParams): string;
  has(key: string): boolean;
}

/**
 * Makes a translator over trees of texts, each of which may hold some of the keys (a test holds that a key is in one
 * only). They are not joined: most of the words are never asked for, and every start would pay for it. It knows what
 * nodemend's texts use of i18next's format (v4: `{{placeholders}}`, `_one`/`_other` by `count`, `_<context>`) and is held
 * against i18next by a test. The library itself is not loaded: it costs as much as all else that `--help` does.
 */
export function createTranslator(language: Language, ...texts: readonly TextTree[]): Translator {
  return {
    language,
    text: (key, params = {}) => {
      const template = keysOf(language, key, params)
        .map((form) => textIn(texts, form))
        .find((text) => text !== undefined);
      return template === undefined ? key : fill(template, params);
    },
    has: (key) => textIn(texts, key) !== undefined,
  };
}

/**
 * Where the text of a key may stand, in i18next's order: the most special form first, `_other` when nothing else is
 * there.
 */
function keysOf(language: Language, key: string, { count, context }: TextParams): readonly string[] {
  const contexts = context === undefined || context === '' ? [key] : [`${key}_${context}`, key];
  if (typeof count !== 'number') return contexts;
  const plural = pluralForm(language, count);
  return [...contexts.flatMap((base) => [`${base}_${plural}`, base]), ...contexts.map((base) => `${base}_other`)];
}

const pluralRules = new Map<Language, Intl.PluralRules>();

function pluralForm(language: Language, count: number): string {
  let rules = pluralRules.get(language);
  if (!rules) {
    rules = new Intl.PluralRules(language);
    pluralRules.set(language, rules);
  }
  return rules.select(count);
}

function textIn(trees: readonly TextTree[], key: string): string | undefined {
  for (const tree of trees) {
    const text = textAt(tree, key);
    if (text !== undefined) return text;
  }
  return undefined;
}

function textAt(texts: TextTree, key: string): string | undefined {
  let found: string | TextTree | undefined = texts;
  for (const step of key.split('.')) {
    if (typeof found !== 'object' || !Object.hasOwn(found, step)) return undefined;
    found = found[step];
  }
  return typeof found === 'string' ? found : undefined;
}

function fill(template: string, params: TextParams): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (placeholder, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : placeholder,
  );
}
