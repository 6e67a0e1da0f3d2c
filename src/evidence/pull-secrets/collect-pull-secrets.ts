import { apiPath } from '../../kubernetes/api-path.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { object, objects, text } from '../../kubernetes/json-fields.ts';
import { Limiter } from '../../transport/limiter.ts';
import type { DockerConfigEntry } from '../../registry/docker-config/docker-config.ts';
import { byName } from '../by-name.ts';
import type { Observed } from '../evidence.ts';
import type { PodFacts } from '../pod-facts.ts';
import { seeing } from '../unknown.ts';
import type { SecretName } from '../rate-limit/secret-name.ts';
import { openPullSecret } from './project-pull-secret.ts';
import type { AttachedSecrets, NamedSecret, NamespacePullSecrets, PullSecret } from './pull-secret.ts';

export interface PullSecretRequest {
  /** Those that were named by `--use-secrets`; no other namespace's Secrets are read. */
  readonly namespaces: readonly string[];
  /**
   * Where pods could not be seen, the secrets of ServiceAccounts are still looked at. `listed`: pods are listed here,
   * each with what it names.
   */
  readonly pods: Observed<PodFacts> | 'listed' | undefined;
  /** Secrets that pods would name which are not there yet. */
  readonly more?: readonly SecretName[];
  /** Is handed the logins of each Secret, which are in nothing that is returned. */
  readonly onLogins?: (logins: SecretLogins) => void;
  readonly signal: AbortSignal;
}

/** A Secret, and the logins that kubelet reads from it. */
export interface SecretLogins extends SecretName {
  readonly entries: readonly DockerConfigEntry[];
}

const atOnce = 8;

/**
 * What pods and ServiceAccounts of the named namespaces have to log in with: one GET for each Secret that is named,
 * never a list, so that no other Secret ever reaches this machine. A name that its namespace lacks is looked for in the
 * others that were named, but for logins: whose they are is known by the namespace.
 */
export async function collectPullSecrets(
  api: KubernetesApi,
  request: PullSecretRequest,
): Promise<readonly NamespacePullSecrets[]> {
  const reader = new PullSecretReader(api, request);
  const own = await Promise.all([...new Set(request.namespaces)].toSorted().map((namespace) => reader.read(namespace)));
  if (request.onLogins !== undefined) return own;
  const missing = new Set(own.flatMap(({ secrets }) => secrets.filter(isAbsent).map(({ name }) => name)));
  return Promise.all(
    own.map(async (one) => {
      const unread = [...missing].filter((name) => !one.secrets.some((known) => known.name === name));
      const more = await reader.secrets(one.namespace, unread);
      return { ...one, secrets: [...one.secrets, ...more.filter((found) => !isAbsent(found))].toSorted(byName) };
    }),
  );
}

class PullSecretReader {
  readonly #api: KubernetesApi;
  readonly #request: PullSecretRequest;
  readonly #limiter = new Limiter(atOnce);

  constructor(api: KubernetesApi, request: PullSecretRequest) {
    this.#api = api;
    this.#request = request;
  }

  async read(namespace: string): Promise<NamespacePullSecrets> {
    const { pods, more = [] } = this.#request;
    const [listed, serviceAccounts] = await Promise.all([
      pods === 'listed' ? this.#users(namespace, 'pods', (raw) => object(raw['spec'])) : undefined,
      this.#users(namespace, 'serviceaccounts', (raw) => raw),
    ]);
    const names = new Set([
      ...(listed === undefined ? namesOfPods(namespace, pods) : namesIn(listed)),
      ...namesIn(serviceAccounts),
      ...more.flatMap((one) => (one.namespace === namespace ? [one.secret] : [])),
    ]);
    return {
      namespace,
      serviceAccounts,
      ...(listed === undefined ? {} : { pods: listed }),
      secrets: await this.secrets(namespace, [...names].toSorted()),
    };
  }

  secrets(namespace: string, names: readonly string[]): Promise<readonly NamedSecret[]> {
    return Promise.all(names.map((name) => this.#limiter.run(() => this.#secret(namespace, name))));
  }

  #users(
    namespace: string,
    resource: 'pods' | 'serviceaccounts',
    holder: (raw: JsonObject) => JsonObject,
  ): Promise<Observed<readonly AttachedSecrets[]>> {
    const path = apiPath({ group: '', version: 'v1', namespace, resource });
    const project = (raw: JsonObject): AttachedSecrets => ({
      name: text(object(raw['metadata'])['name']),
      pullSecrets: objects(holder(raw)['imagePullSecrets']).flatMap(({ name }) => text(name) || []),
    });
    return this.#limiter.run(() =>
      seeing(async () => {
        const users = await this.#api.list(path, { project, signal: this.#request.signal });
        // Most pods name none, and there may be thousands.
        const telling = resource === 'pods' ? users.filter(({ pullSecrets }) => pullSecrets.length > 0) : users;
        return telling.toSorted(byName);
      }),
    );
  }

  async #secret(namespace: string, name: string): Promise<NamedSecret> {
    const { onLogins, signal } = this.#request;
    const path = apiPath({ group: '', version: 'v1', namespace, resource: 'secrets', name });
    const secret = await seeing<PullSecret | 'absent'>(async () => {
      const opened = await this.#api.get(path, openPullSecret, signal).catch(absentOr);
      if (opened === 'absent') return opened;
      onLogins?.({ namespace, secret: name, entries: opened.entries });
      return opened.secret;
    });
    return { name, secret };
  }
}

function isAbsent({ secret }: NamedSecret): boolean {
  return secret.state === 'seen' && secret.value === 'absent';
}

function namesOfPods(namespace: string, pods: PullSecretRequest['pods']): readonly string[] {
  if (pods === undefined || pods === 'listed' || pods.state !== 'seen') return [];
  return pods.value.uses.filter((use) => use.namespace === namespace).flatMap(({ pullSecrets }) => pullSecrets);
}

function namesIn(users: Observed<readonly AttachedSecrets[]>): readonly string[] {
  return users.state === 'seen' ? users.value.flatMap(({ pullSecrets }) => pullSecrets) : [];
}

function absentOr(error: unknown): 'absent' {
  if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return 'absent';
  throw error;
}
