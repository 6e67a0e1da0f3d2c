import { text } from 'node:stream/consumers';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { Password } from '../../registry/docker-config/password.ts';
import type { CommandContext } from '../command-context.ts';
import { askSilently } from './ask-silently.ts';
import { openTerminal } from './confirm.ts';
import type { Translate } from '../../app/texts/texts.ts';

interface AskedLogin {
  readonly registry: string;
  readonly user: string;
}

/** The password, from a pipe. @throws NodemendError PASSWORD_EMPTY */
export async function passwordFromStdin(input: NodeJS.ReadableStream = process.stdin): Promise<Password> {
  // `echo` and editors end it with a newline, which is not part of it (as docker login --password-stdin has it).
  return given((await text(input)).replace(/\r?\n$/u, ''));
}

/**
 * The password, typed on a terminal without an echo. @throws NodemendError PASSWORD_MISSING when nobody can be asked,
 * PASSWORD_EMPTY
 */
export async function passwordFromTerminal(
  login: AskedLogin,
  { output, interrupt }: CommandContext,
  t: Translate,
  terminal: typeof openTerminal = openTerminal,
): Promise<Password> {
  const answer = await askSilently(t('pullSecret.password', { ...login }), interrupt, output.notes, terminal);
  if (answer === undefined) throw new NodemendError('PASSWORD_MISSING', {});
  return given(answer);
}

function given(password: string): Password {
  if (password === '') throw new NodemendError('PASSWORD_EMPTY', {});
  return new Password(password);
}
