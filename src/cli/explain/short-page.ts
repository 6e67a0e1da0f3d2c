import type { CommandContext } from '../command-context.ts';
import { wrapSentence } from '../render/wrap.ts';

export interface ShortPage {
  /** What was asked about, as it is called: a label, a word, a rule. */
  readonly name: string;
  readonly title: string;
  /** Each a sentence or two. */
  readonly causes: readonly string[];
  readonly next: readonly string[];
}

/** Cause and next step, in some ten lines of a terminal. */
export function shortPage({ name, title, causes, next }: ShortPage, { output, texts }: CommandContext): string {
  const { width, paint } = output.data;
  const line = (label: string, text: string): readonly string[] => wrapSentence(`${texts.t(label)}: ${text}`, width);
  const head = paint('strong', texts.t('explain.messageHead', { label: name, title }));
  return [
    head,
    ...causes.flatMap((cause) => line('explain.why', cause)),
    ...next.flatMap((step) => line('explain.do', step)),
  ]
    .map((one) => `${one}\n`)
    .join('');
}
