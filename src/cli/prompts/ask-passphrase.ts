import type { Translate } from '../../app/texts/texts.ts';
import { askSilently } from './ask-silently.ts';
import { openTerminal, type TerminalInput } from './confirm.ts';
import type { Sink } from '../render/output.ts';

export interface PassphraseQuestion {
  readonly path: string;
  /** From 1; a second question says that the first answer was wrong. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

const mostAttempts = 3;

/** Asks on the terminal, without an echo; undefined when nobody can be asked or nothing was typed. */
export async function askPassphrase(
  { path, attempt, signal }: PassphraseQuestion,
  notes: Sink,
  t: Translate,
  terminal: () => TerminalInput | undefined = openTerminal,
): Promise<string | undefined> {
  if (attempt > mostAttempts) return undefined;
  const answer = await askSilently(
    t(attempt === 1 ? 'passphrase.ask' : 'passphrase.again', { path }),
    signal,
    notes,
    terminal,
  );
  return answer === '' ? undefined : answer;
}
