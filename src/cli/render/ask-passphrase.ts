import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { CliText } from '../text.ts';
import { openTerminal, type TerminalInput } from './confirm.ts';
import type { Sink } from './output.ts';

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
  t: CliText,
  terminal: () => TerminalInput | undefined = openTerminal,
): Promise<string | undefined> {
  if (attempt > mostAttempts) return undefined;
  const input = terminal();
  if (!input) return undefined;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: input.stream, output: silent, terminal: true });
  try {
    notes.write(`${t(attempt === 1 ? 'passphrase.ask' : 'passphrase.again', { path })} `);
    const answer = await answerOf(lines, signal);
    return answer === '' ? undefined : answer;
  } finally {
    notes.write('\n');
    lines.close();
    input.close();
  }
}

/** Ctrl-D, or a terminal that goes away, closes the lines without an answer: readline would wait for ever. */
async function answerOf(lines: Interface, signal: AbortSignal): Promise<string> {
  const closed = Promise.withResolvers<string>();
  lines.once('close', () => closed.resolve(''));
  return Promise.race([lines.question('', { signal }), closed.promise]);
}
