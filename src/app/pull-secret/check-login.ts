import { NodemendError } from '../../errors/nodemend-error.ts';
import { createRegistryClient, type LoginAnswer } from '../../registry/client/registry-client.ts';
import type { CommandContext } from '../../cli/command-context.ts';
import type { Translate } from '../texts/texts.ts';
import type { HeldLogin } from './docker-credential.ts';

export interface LoginCheck {
  readonly registry: string;
  readonly login: HeldLogin;
  readonly plainHttp: boolean;
  readonly t: Translate;
}

/**
 * Sends the login to its registry before it is written anywhere, and says what that made of it.
 * @throws NodemendError LOGIN_REFUSED, LOGIN_UNCHECKED, REGISTRY_…
 */
export async function checkLogin(
  { registry, login, plainHttp, t }: LoginCheck,
  { environment, interrupt, output }: CommandContext,
): Promise<void> {
  const client = createRegistryClient({
    environment,
    ...(plainHttp ? { plainHttp: new Set([registry]) } : {}),
    loginOf: (asked) => (asked === registry ? { user: login.user, password: login.password.reveal() } : undefined),
  });
  try {
    const answer = await client.checkLogin(registry, interrupt);
    const line = told(answer, registry, login.user, t);
    output.notes.write(`${line}\n`);
  } finally {
    await client.close();
  }
}

function told(answer: LoginAnswer, registry: string, user: string, t: Translate): string {
  switch (answer.state) {
    case 'accepted':
      return t('pullSecret.accepted', { registry, user });
    case 'not-asked':
      return t('pullSecret.notAsked', { registry });
    case 'refused':
      throw new NodemendError('LOGIN_REFUSED', { registry, user, status: answer.status });
    case 'failed':
      throw new NodemendError('LOGIN_UNCHECKED', { registry, status: answer.status });
  }
}
