import { isIP } from 'node:net';
import { createRegistryClient, type RegistryClientOptions } from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import { mask } from '../redact/mask.ts';
import { askQuota } from './ask-quota.ts';
import type { ObservedQuota } from './rate-limit.ts';
import type { HeldLogin } from './registry-logins.ts';

export interface AccountsQuestion {
  readonly image: ImageReference;
  readonly logins: readonly HeldLogin[];
  readonly environment: RegistryClientOptions['environment'];
  /** What was shown, and approved. */
  readonly loginHosts: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

interface AnsweredLogin extends ObservedQuota {
  readonly user: string;
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
}: AccountsQuestion): Promise<readonly ObservedQuota[]> {
  const answered: AnsweredLogin[] = [];
  for (const { login, secrets } of logins) {
    const client = createRegistryClient({ environment, loginHosts, loginOf: () => login });
    try {
      answered.push({ secrets, user: login.user, answer: await askQuota(client, image, signal, secrets) });
    } finally {
      await client.close();
    }
  }
  return withoutNames(answered);
}

/** Docker Hub names an account by what may be its user's name, which is nobody else's to know. */
export function withoutNames(answered: readonly AnsweredLogin[]): readonly ObservedQuota[] {
  const named = [...new Set(answered.flatMap((one) => (holdsName(one) ? [sourceOf(one)] : [])))];
  return answered.map(({ user: _user, ...quota }) => {
    const account = named.indexOf(sourceOf(quota));
    if (quota.answer.state !== 'counted' || account === -1) return quota;
    return { ...quota, account, answer: { ...quota.answer, rate: { ...quota.answer.rate, source: mask } } };
  });
}

function sourceOf({ answer }: ObservedQuota): string {
  return (answer.state === 'counted' ? answer.rate.source : undefined) ?? '';
}

/** An address is one, whoever is logged in. */
function holdsName(one: AnsweredLogin): boolean {
  const source = sourceOf(one);
  return isIP(source) === 0 && one.user !== '' && source.toLowerCase().includes(one.user.toLowerCase());
}
