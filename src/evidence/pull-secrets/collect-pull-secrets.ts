import { apiPath } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { object, objects, text } from '../../kubernetes/json-fields.ts';
import { Limiter } from '../../transport/limiter.ts';
import { byName } from '../by-name.ts';
import type { Seen } from '../evidence.ts';
import type { PodFacts } from '../pod-facts.ts';
import { seeing } from '../unknown.ts';
import { projectPullSecret } from './project-pull-secret.ts';
import type { AttachedSecrets, NamedSecret, NamespacePullSecrets, PullSecret } from './pull-secret.ts';

export interface PullSecretRequest {
  /** Those that were named by `--use-secrets`; no other namespace's Secrets are read. */
  readonly namespaces: readonly string[];
  /** Where pods could not be seen, the secrets of ServiceAccounts are still looked at. */
  readonly pods: Seen<PodFacts> | undefined;
  readonly signal: AbortSignal;
}

const atOnce = 8;

/**
 * What pods and ServiceAccounts of the named namespaces have to log in with: one GET for each Secret that is named,
 * never a list. A name that its namespace lacks is looked for in the others that were named.
 */
export async function collectPullSecrets(
  api: KubernetesApi,
  { namespaces, pods, signal }: PullSecretRequest,
): Promise<readonly NamespacePullSecrets[]> {
  const limiter = new Limiter(atOnce);
  const secret = (namespace: string, name: string): Promise<NamedSecret> =>
    limiter.run(() => readSecret(api, { namespace, name, signal }));
  const sorted = [...new Set(namespaces)].toSorted();
  const own = await Promise.all(
    sorted.map(async (namespace): Promise<NamespacePullSecrets> => {
      const serviceAccounts = await limiter.run(() => readServiceAccounts(api, namespace, signal));
      const names = namesIn(namespace, pods, serviceAccounts);
      return { namespace, serviceAccounts, secrets: await Promise.all(names.map((name) => secret(namespace, name))) };
    }),
  );
  const missing = new Set(own.flatMap(({ secrets }) => secrets.filter(isAbsent).map(({ name }) => name)));
  return Promise.all(
    own.map(async (one) => {
      const unread = [...missing].filter((name) => !one.secrets.some((known) => known.name === name));
      const more = await Promise.all(unread.map((name) => secret(one.namespace, name)));
      return { ...one, secrets: [...one.secrets, ...more.filter((found) => !isAbsent(found))].toSorted(byName) };
    }),
  );
}

function isAbsent({ secret }: NamedSecret): boolean {
  return secret.state === 'seen' && secret.value === 'absent';
}

function namesIn(
  namespace: string,
  pods: Seen<PodFacts> | undefined,
  serviceAccounts: Seen<readonly AttachedSecrets[]>,
): readonly string[] {
  const ofPods =
    pods?.state === 'seen'
      ? pods.value.uses.filter((use) => use.namespace === namespace).flatMap(({ pullSecrets }) => pullSecrets)
      : [];
  const attached =
    serviceAccounts.state === 'seen' ? serviceAccounts.value.flatMap(({ pullSecrets }) => pullSecrets) : [];
  return [...new Set([...ofPods, ...attached])].toSorted();
}

function readServiceAccounts(
  api: KubernetesApi,
  namespace: string,
  signal: AbortSignal,
): Promise<Seen<readonly AttachedSecrets[]>> {
  return seeing(async () => {
    const accounts = await api.list(apiPath({ group: '', version: 'v1', namespace, resource: 'serviceaccounts' }), {
      project: projectServiceAccount,
      signal,
    });
    return accounts.toSorted(byName);
  });
}

function projectServiceAccount(raw: JsonObject): AttachedSecrets {
  const pullSecrets = objects(raw['imagePullSecrets']).map(({ name }) => text(name));
  return { name: text(object(raw['metadata'])['name']), pullSecrets: pullSecrets.filter((name) => name !== '') };
}

interface SecretPlace {
  readonly namespace: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

async function readSecret(api: KubernetesApi, { namespace, name, signal }: SecretPlace): Promise<NamedSecret> {
  const path = apiPath({ group: '', version: 'v1', namespace, resource: 'secrets', name });
  const secret = await seeing<PullSecret | 'absent'>(() => api.get(path, projectPullSecret, signal).catch(absentOr));
  return { name, secret };
}

function absentOr(error: unknown): 'absent' {
  if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return 'absent';
  throw error;
}
