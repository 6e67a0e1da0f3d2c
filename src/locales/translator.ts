import { createInstance, type i18n } from 'i18next';
import type { Language } from './language.ts';
import { plainText } from './plain-text.ts';

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
   * The text with its placeholders filled. A missing value stays visible as `{{name}}` and a missing key as the key itself,
   * so that a wrong sentence is seen at once; tests hold that neither happens.
   *
   * Korean texts never attach one form of a particle to a placeholder (은/는, 이/가 depend on its last letter): they rephrase,
   * or write both forms as `이(가)`. A test holds this too.
   */
  text(key: string, params?: TextParams): string;
  has(key: string): boolean;
}

/** Makes a translator over one tree of texts. Synchronous: the texts are part of the bundle. */
export function createTranslator(language: Language, texts: TextTree): Translator {
  let instance: i18n | undefined;
  const library = (): i18n => (instance ??= createLibrary(language, texts));
  return {
    language,
    text: (key, params = {}) => plainText(texts, key, params) ?? library().t(key, { ...params }),
    has: (key) => library().exists(key),
  };
}

/** i18next knows the plural and context forms of a key. It is set up when the first text needs one. */
function createLibrary(language: Language, texts: TextTree): i18n {
  const instance = createInstance();
  void instance.init({
    lng: language,
    resources: { [language]: { translation: texts } },
    initAsync: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, skipOnVariables: true },
    missingInterpolationHandler: (_text: string, match: readonly string[]) => match[0] ?? '',
    returnNull: false,
  });
  return instance;
}
