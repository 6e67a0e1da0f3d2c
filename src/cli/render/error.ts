import { knownError } from '../../errors/known-error.ts';
import { catalogue } from '../../errors/catalogue.ts';
import type { ErrorParams } from '../../errors/nodemend-error.ts';
import { beginningOf, printable, printableLine } from '../../text/printable.ts';
import { withShippedFiles } from './shipped-files.ts';
import type { RenderContext } from './render-context.ts';
import { hanging } from './wrap.ts';

export interface ErrorViewOptions {
  /** NODEMEND_DEBUG=1: the stack of the error and of its causes follows. */
  readonly debug: boolean;
}

/**
 * An error for people, after the manner of age: `error: <cause> [CODE]`, then `hint: <what to do>`. Anything that
 * nodemend did not throw on purpose is told as INTERNAL.
 */
export function renderError(error: unknown, options: ErrorViewOptions, context: RenderContext): string {
  const { t, error: wordsOf } = context.texts;
  const { code, params } = knownError(error);
  const { cause, next } = wordsOf(code, shown(params));
  const lines = [
    ...hanging({ text: t('error.error'), tone: 'fail', gap: 1 }, `${cause} [${code}]`, context),
    ...hintLines(withShippedFiles(next), params['command'], context),
    ...(options.debug ? stackLines(error) : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A path is no longer (PATH_MAX), and no name is; what was sent in the place of one would fill the screen. */
const longestValue = 4_096;

/** A command is ours, and is copied: it is not cut. */
function shown(params: ErrorParams): ErrorParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' && name !== 'command' ? beginningOf(value, longestValue) : value,
    ]),
  );
}

/** A command to copy that ends the hint has a line of its own, and is never wrapped. */
function hintLines(next: string, command: string | number | undefined, context: RenderContext): readonly string[] {
  const label = { text: context.texts.t('error.hint'), tone: 'place', gap: 1 } as const;
  if (typeof command !== 'string' || !command.startsWith('nodemend ') || !next.endsWith(printable(command)))
    return hanging(label, next, context);
  return [...hanging(label, next.slice(0, -printable(command).length).trimEnd(), context), `  ${printable(command)}`];
}

/** The exit code of an error that ends the command. */
export function errorExit(error: unknown): number {
  return catalogue[knownError(error).code].exit;
}

function stackLines(error: unknown): readonly string[] {
  const stacks: string[] = [];
  for (let one: unknown = error; one instanceof Error && stacks.length < 10; one = one.cause)
    stacks.push(one.stack ?? one.message);
  return stacks.flatMap((stack) => stack.split('\n').map(printableLine));
}
