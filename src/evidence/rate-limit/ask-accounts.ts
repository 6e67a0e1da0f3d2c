import { createRegistryClient, type RegistryClientOptions } from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import { askQuota, type AskedQuota } from '../../engine/rate-limit/quota.ts';
import type { HeldLogin } from './registry-logins.ts';

export interface AccountsQuestion {
  readonly image: ImageReference;
  readonly logins: readonly HeldLogin[];
  readonly environment: RegistryClientOptions['environment'];
  /** What was shown, and approved. */
  readonly loginHosts: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * Asks with each login, from this machine and over TLS only: a login never goes onto a node. Each has a client of its
 * own, because a token that one password brought must not answer for another. @throws the signal's reason
 */
export async function askAccounts({
  image,
  logins,
  environment,
  loginHosts,
  signal,
}: AccountsQuestion): Promise<readonly AskedQuota[]> {
  const asked: AskedQuota[] = [];
  for (const { login, secrets } of logins) {
    const client = createRegistryClient({ environment, loginHosts, loginOf: () => login });
    try {
      asked.push({ node: undefined, secrets, user: login.user, quota: await askQuota(client, image, signal, secrets) });
    } finally {
      await client.close();
    }
  }
  return asked;
}
