import type { Texts } from '../../app/texts/texts.ts';
import type { CommandContext } from '../command-context.ts';
import { indented, wrapSentence } from '../render/wrap.ts';

export interface ShortPage {
  /** What was asked about, and what it is: `rule-broken: a rule of container-logs`. */
  readonly head: string;
  /** Each a sentence or two; what kind of a thing it is comes first. */
  readonly causes: readonly string[];
  readonly next: readonly string[];
  /** Of what the causes are told as: of an error it is what it says, of a remedy what it does. */
  readonly label?: 'explain.why' | 'explain.cause' | 'explain.does';
}

/** With 80 columns. What is left out is counted. */
const mostLines = 10;
const mostStepLines = 5;

/** Cause and next step, in ten lines of a terminal. */
export function shortPage(
  { head, causes, next, label = 'explain.why' }: ShortPage,
  { output, texts }: CommandContext,
): string {
  const { width, paint } = output.data;
  const steps = block({ label: 'explain.do', sentences: next, most: mostStepLines }, width, texts);
  const why = block({ label, sentences: causes, most: mostLines - 1 - steps.length }, width, texts);
  return [paint('strong', head), ...why, ...steps].map((one) => `${one}\n`).join('');
}

interface Block {
  readonly label: string;
  readonly sentences: readonly string[];
  readonly most: number;
}

/** The first sentence behind the label, the others below it, as many as there is room for. */
function block({ label, sentences, most }: Block, width: number, { t }: Texts): readonly string[] {
  const told = sentences.map((text, index) =>
    index === 0 ? wrapSentence(`${t(label)}: ${text}`, width) : indented(wrapSentence(text, width - 2), '  '),
  );
  const ends = told.map((_lines, index) => told.slice(0, index + 1).flat().length);
  if ((ends.at(-1) ?? 0) <= most) return told.flat();
  // A line is kept for how many are not told.
  const fit = Math.max(1, ends.filter((end) => end < most).length);
  return [...told.slice(0, fit).flat(), `  ${t('explain.more', { count: told.length - fit })}`];
}
