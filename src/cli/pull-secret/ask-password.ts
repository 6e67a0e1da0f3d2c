import { text } from 'node:stream/consumers';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { Password } from '../../registry/docker-config/password.ts';
import type { CommandContext } from '../command-context.ts';
import { askSilently } from '../render/ask-silently.ts';
import type { CliText } from '../text.ts';

/** The password, from a pipe. @throws NodemendError PASSWORD_EMPTY */
export async function passwordFromStdin(input: NodeJS.ReadableStream = process.stdin): Promise<Password> {
  // `echo` and editors end it with a newline, which is no part of it (as docker login --password-stdin has it).
  return given((await text(input)).replace(/\r?\n$/u, ''));
}

/** The password, typed on a terminal without an echo. @throws NodemendError PASSWORD_MISSING when nobody can be asked, PASSWORD_EMPTY */
export async function passwordFromTerminal(registry: string, user: string, { output, interrupt }: CommandContext, t: CliText): Promise<Password> {
  const answer = await askSilently(t('pullSecret.password', { registry, user }), interrupt, output.notes);
  if (answer === undefined) throw new NodemendError('PASSWORD_MISSING', {});
  return given(answer);
}

function given(password: string): Password {
  if (password === '') throw new NodemendError('PASSWORD_EMPTY', {});
  return new Password(password);
}
