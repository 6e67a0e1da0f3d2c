import { openSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { ReadStream } from 'node:tty';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Translate } from '../../app/texts/texts.ts';
import type { Sink } from '../render/output.ts';

/** Where an answer is read from: a terminal, never a pipe. */
export interface TerminalInput {
  readonly stream: NodeJS.ReadableStream;
  readonly close: () => void;
}

export interface ConfirmOptions {
  /** One line: what is about to happen, for example `apply plan 3f2a91c7 to 200 nodes`. */
  readonly question: string;
  /** The command to type for the same without being asked, told when nobody can be asked. */
  readonly command: string;
  /** The command, or what it asks for where that is not a plan: for the words of the refusal. */
  readonly what?: string;
  /** Thrown in place of APPROVAL_MISSING when nobody can be asked, where `--yes` would not answer either. */
  readonly refusal?: NodemendError;
  readonly signal: AbortSignal;
}

/**
 * The one answer that counts as consent. It is the same in every language: it is what runbooks and hands have learnt.
 */
export const consent = 'yes';

/**
 * Asks on the terminal and returns when `yes` was typed. The question goes to standard error, so that a plan that is
 * piped or saved is not spoilt. `terminal` is `openTerminal`, or what a test has in its place.
 * @throws NodemendError APPROVAL_MISSING when nobody can be asked, APPROVAL_DECLINED for any other answer; the signal's
 *   reason when it is aborted
 */
export async function confirm(
  options: ConfirmOptions,
  notes: Sink,
  t: Translate,
  terminal: () => TerminalInput | undefined = openTerminal,
): Promise<void> {
  const input = terminal();
  if (!input)
    throw (
      options.refusal ??
      new NodemendError('APPROVAL_MISSING', { command: options.command, context: options.what ?? '' })
    );
  try {
    notes.write(`${options.question}\n`);
    const answer = await ask(t('confirm.prompt', { word: consent }), input, notes, options.signal);
    if (answer.trim().toLowerCase() !== consent)
      throw new NodemendError('APPROVAL_DECLINED', { context: options.what ?? '' });
  } finally {
    input.close();
  }
}

/** End of input (Ctrl-D, a terminal that goes away) is an answer too: no. */
async function ask(prompt: string, input: TerminalInput, notes: Sink, signal: AbortSignal): Promise<string> {
  notes.write(`${prompt} `);
  const lines = createInterface({ input: input.stream, terminal: false });
  const stop = (): void => lines.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of lines) return line;
    notes.write('\n');
    signal.throwIfAborted();
    return '';
  } finally {
    signal.removeEventListener('abort', stop);
    lines.close();
  }
}

/**
 * Standard input when it is a terminal, else the controlling terminal: `nodemend apply < plan.json` can still ask.
 * Undefined under cron, in CI and in pipelines without a terminal.
 */
export function openTerminal(): TerminalInput | undefined {
  if (process.stdin.isTTY) return { stream: process.stdin, close: () => process.stdin.pause() };
  try {
    const descriptor = openSync('/dev/tty', 'r');
    const stream = new ReadStream(descriptor);
    return { stream, close: () => stream.destroy() };
  } catch {
    // ENXIO, ENOENT, EIO: there is no controlling terminal.
    return undefined;
  }
}
