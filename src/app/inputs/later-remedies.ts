import type { Language } from '../../locales/language.ts';
import type { Problem } from '../../problems/problem.ts';

/** What a user script leaves for later, and why. */
export interface LaterRemedies {
  /** By their ids, and what else a problem names there. */
  readonly remedies: readonly string[];
  /** A sentence without its full stop. */
  readonly why: string;
}

/** What of a problem cannot be done before a node has joined (`notAtFirstBoot` of its texts); those of one reason together. */
export function laterRemedies({ texts }: Pick<Problem, 'texts'>, language: Language): readonly LaterRemedies[] {
  const { notAtFirstBoot = {} } = texts[language];
  const named = Object.entries(notAtFirstBoot).flatMap(([remedy, why]) =>
    typeof why === 'string' ? [{ remedy, why }] : [],
  );
  return [...Map.groupBy(named, ({ why }) => why)].map(([why, all]) => ({
    why,
    remedies: all.map(({ remedy }) => remedy),
  }));
}
