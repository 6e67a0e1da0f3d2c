import { nodeKinds } from '../../actions/action-kinds.ts';
import { objectKinds } from '../../actions/cluster-action-kinds.ts';
import type { Language } from '../../locales/language.ts';
import { createTranslator, type TextParams, type TextTree } from '../../locales/translator.ts';
import type { Texts } from '../../app/texts/texts.ts';

interface Worded {
  readonly texts: Readonly<Record<Language, TextTree>>;
}

/** A word that a kind of action has of its own. */
export function kindText({ texts }: Worded, language: Language, key: string, params: TextParams = {}): string {
  return createTranslator(language, texts[language]).text(key, params);
}

/** What a step does, in a word: the kinds name their own, all else is the shell's. */
export function stepWord(step: string, { language, t, has }: Texts): string {
  const kinds = [...nodeKinds, ...objectKinds].map(({ texts }) => texts[language]);
  const own = createTranslator(language, ...kinds);
  if (own.has(`step.${step}`)) return own.text(`step.${step}`);
  return has(`run.step.${step}`) ? t(`run.step.${step}`) : step;
}
