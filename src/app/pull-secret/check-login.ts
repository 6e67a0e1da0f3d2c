import { NodemendError } from '../../errors/nodemend-error.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import type { Ports } from '../ports.ts';
import type { HeldLogin } from './docker-credential.ts';

export interface LoginCheck {
  readonly registry: string;
  readonly login: HeldLogin;
  readonly plainHttp: boolean;
}

/** The registry took it, or wants none. */
export type LoginAnswer = 'accepted' | 'not-asked';

/**
 * Sends a login to its registry before it is written anywhere.
 * @throws NodemendError LOGIN_REFUSED, LOGIN_UNCHECKED, REGISTRY_…
 */
export async function checkLogin(
  { registry, login, plainHttp }: LoginCheck,
  { environment, interrupt }: Ports,
): Promise<LoginAnswer> {
  const { user } = login;
  const client = createRegistryClient({
    environment,
    ...(plainHttp ? { plainHttp: new Set([registry]) } : {}),
    loginOf: (asked) => (asked === registry ? { user, password: login.password.reveal() } : undefined),
  });
  try {
    const answer = await client.checkLogin(registry, interrupt);
    switch (answer.state) {
      case 'accepted':
      case 'not-asked':
        return answer.state;
      case 'refused':
        throw new NodemendError('LOGIN_REFUSED', { registry, user, status: answer.status });
      case 'failed':
        throw new NodemendError('LOGIN_UNCHECKED', { registry, status: answer.status });
    }
  } finally {
    await client.close();
  }
}
