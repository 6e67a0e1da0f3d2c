import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { openTerminal, type TerminalInput } from './confirm.ts';
import type { Sink } from '../render/output.ts';

/** Asks on the terminal, without an echo; undefined when nobody can be asked. @throws the signal's reason */
export async function askSilently(
  question: string,
  signal: AbortSignal,
  notes: Sink,
  terminal: () => TerminalInput | undefined = openTerminal,
): Promise<string | undefined> {
  const input = terminal();
  if (!input) return undefined;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: input.stream, output: silent, terminal: true });
  try {
    notes.write(`${question} `);
    return await answerOf(lines, signal);
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
