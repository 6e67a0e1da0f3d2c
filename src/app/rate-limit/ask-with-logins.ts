import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { Observed } from '../../evidence/evidence.ts';
import { collectPullSecrets, type SecretLogins } from '../../evidence/pull-secrets/collect-pull-secrets.ts';
import type { NamespacePullSecrets } from '../../evidence/pull-secrets/pull-secret.ts';
import { askAccounts } from '../../evidence/rate-limit/ask-accounts.ts';
import type { ObservedQuota } from '../../evidence/rate-limit/rate-limit.ts';
import { registryLogins, type HeldLogin } from '../../evidence/rate-limit/registry-logins.ts';
import type { SecretName } from '../../evidence/rate-limit/secret-name.ts';
import { unknownOf } from '../../evidence/unknown.ts';
import { errorOf } from '../../engine/rate-limit/conclude.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { createRegistryClient } from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import type { Ports } from '../ports.ts';

export interface LoginApproval {
  /** Is shown where logins would go, and lets them go there by returning. */
  readonly approveLogins: (host: string, secrets: readonly SecretName[]) => Promise<void>;
  readonly onNoLogin: (namespaces: readonly string[]) => void;
}

interface LoginsQuestion extends LoginApproval {
  readonly api: KubernetesApi;
  readonly image: ImageReference;
  readonly namespaces: readonly string[];
  /** Pull secrets that pods would name which are not there yet. */
  readonly more: readonly SecretName[];
}

interface LoginsAnswer {
  readonly quotas: readonly ObservedQuota[];
  readonly pullSecrets: readonly NamespacePullSecrets[];
}

/**
 * Reads the pull secrets of the namespaces, shows which host their logins would be sent to, and asks with each of them
 * once that is approved. The logins are in nothing that is returned.
 * @throws NodemendError APPROVAL_MISSING, APPROVAL_DECLINED, API_… but for API_FORBIDDEN, which is one namespace's
 */
export async function askWithLogins(question: LoginsQuestion, ports: Ports): Promise<LoginsAnswer> {
  const { api, image, namespaces, more } = question;
  const read: SecretLogins[] = [];
  const pullSecrets = await collectPullSecrets(api, {
    namespaces,
    more,
    pods: 'listed',
    onLogins: (logins) => read.push(logins),
    signal: ports.interrupt,
  });
  pullSecrets.forEach(throwFailures);
  const logins = registryLogins(inOrder(read, namespaces), image);
  if (logins.length === 0) question.onNoLogin(namespaces);
  return { quotas: logins.length === 0 ? [] : await askApproved(logins, question, ports), pullSecrets };
}

/** A server that does not answer concerns more than one namespace. */
function throwFailures({ serviceAccounts, pods, secrets }: NamespacePullSecrets): void {
  const all: readonly (Observed<unknown> | undefined)[] = [
    pods,
    serviceAccounts,
    ...secrets.map(({ secret }) => secret),
  ];
  for (const one of all) if (one?.state === 'unknown' && one.reason !== 'forbidden') throw errorOf(one);
}

/** As the namespaces were named, whichever answer came first. */
function inOrder(read: readonly SecretLogins[], namespaces: readonly string[]): readonly SecretLogins[] {
  return read.toSorted(
    (a, b) => namespaces.indexOf(a.namespace) - namespaces.indexOf(b.namespace) || (a.secret < b.secret ? -1 : 1),
  );
}

async function askApproved(
  logins: readonly HeldLogin[],
  { image, approveLogins }: LoginsQuestion,
  { environment, interrupt: signal }: Ports,
): Promise<readonly ObservedQuota[]> {
  const found = await findLoginHost(image, environment, signal);
  if (typeof found !== 'string') return logins.map(({ secrets }) => ({ secrets, answer: unknownOf(found) }));
  await approveLogins(
    found,
    logins.flatMap(({ secrets }) => secrets),
  );
  return askAccounts({ image, logins, environment, loginHosts: new Set([found]), signal });
}

/** Where the logins would go, or why nobody knows. */
async function findLoginHost(
  image: ImageReference,
  environment: Ports['environment'],
  signal: AbortSignal,
): Promise<string | NodemendError> {
  const client = createRegistryClient({ environment });
  try {
    const host = await client.findLoginHost(image, signal);
    return host ?? new NodemendError('REGISTRY_WANTS_NO_LOGIN', { host: image.registry });
  } catch (error) {
    if (isNodemendError(error)) return error;
    throw error;
  } finally {
    await client.close();
  }
}
