import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../command-context.ts';
import type { Translate } from '../../app/texts/texts.ts';
import { passwordFromStdin, passwordFromTerminal } from './ask-password.ts';
import { askCredentialHelper, type HeldLogin } from '../../app/pull-secret/docker-credential.ts';

/**
 * Where a login comes from. A password is neither an option nor a variable: both can be read by others, and stay in
 * histories.
 */
export interface LoginOptions {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly credentialHelper?: string;
}

/** @throws NodemendError USAGE, PASSWORD_…, CREDENTIAL_HELPER_… */
export async function givenLogin(
  options: LoginOptions,
  registry: string,
  t: Translate,
  context: CommandContext,
): Promise<HeldLogin> {
  const { username, passwordStdin = false, credentialHelper: helper } = options;
  if (helper !== undefined) return fromHelper(helper, options, registry, context);
  if (username === undefined)
    throw new NodemendError('USAGE', { command: 'pull-secret', context: 'mandatory', typed: '--username' });
  const user = checkedUser(username);
  return {
    user,
    password: await (passwordStdin ? passwordFromStdin() : passwordFromTerminal({ registry, user }, context, t)),
  };
}

async function fromHelper(
  helper: string,
  { username }: LoginOptions,
  registry: string,
  { environment, interrupt }: CommandContext,
): Promise<HeldLogin> {
  // It becomes a part of the name of a program.
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/iu.test(helper))
    throw new NodemendError('USAGE', {
      command: 'pull-secret',
      context: 'helper',
      typed: '--credential-helper',
      value: helper,
    });
  const held = await askCredentialHelper({ helper, registry, environment, signal: interrupt });
  return { ...held, user: checkedUser(username ?? held.user) };
}

/** `auth` is user:password: a colon in the user's name would begin the password. */
function checkedUser(user: string): string {
  if (user === '' || /[:\p{Cc}]/u.test(user))
    throw new NodemendError('USAGE', { command: 'pull-secret', context: 'username', typed: '--username', value: user });
  return user;
}
