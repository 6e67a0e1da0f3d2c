import { isNodemendError, NodemendError } from '../../../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { apiPath } from '../../../kubernetes/api-path.ts';
import { object, objects, text } from '../../../kubernetes/json-fields.ts';
import {
  dockerConfigTypes,
  isBroken,
  isDockerConfigType,
  parseDockerConfig,
  type DockerConfigEntry,
  type DockerConfigProblem,
} from '../../../registry/docker-config/docker-config.ts';
import { compareNames } from '../../compare-names.ts';

export interface SecretName {
  readonly namespace: string;
  readonly secret: string;
}

/** `namespace/name`, as people write it. */
export function secretText({ namespace, secret }: SecretName): string {
  return `${namespace}/${secret}`;
}

/** A Secret that kubelet reads logins from. Its passwords are in no message, and leave it only by name. */
export interface PullSecret extends SecretName {
  readonly entries: readonly DockerConfigEntry[];
}

/** A pod or a ServiceAccount, and the Secrets that it names to pull with. */
export interface SecretUser {
  readonly kind: 'Pod' | 'ServiceAccount';
  readonly namespace: string;
  readonly name: string;
  readonly pullSecrets: readonly string[];
}

export interface FoundSecrets {
  readonly secrets: readonly PullSecret[];
  readonly users: readonly SecretUser[];
  /** What may not be read, and Secrets that no login can be read from. */
  readonly errors: readonly NodemendError[];
}

export interface SecretsQuestion {
  readonly namespaces: readonly string[];
  /** Secrets that pods would name which are not there yet. */
  readonly more?: readonly SecretName[];
  readonly signal: AbortSignal;
}

/**
 * The pull secrets of these namespaces: those that their pods and ServiceAccounts name, by one GET each. Nothing else
 * is asked for, so that no other Secret ever reaches this machine. @throws NodemendError API_… but for API_FORBIDDEN,
 * which is one namespace's; the signal's reason
 */
export async function readPullSecrets(
  api: KubernetesApi,
  { namespaces, more = [], signal }: SecretsQuestion,
): Promise<FoundSecrets> {
  const names = (namespace: string): readonly string[] =>
    more.flatMap((one) => (one.namespace === namespace ? [one.secret] : []));
  const found = await Promise.all(
    namespaces.map((namespace) => new NamespaceReader(api, namespace, signal).read(names(namespace))),
  );
  return {
    secrets: found.flatMap(({ secrets }) => secrets),
    users: found.flatMap(({ users }) => users),
    errors: found.flatMap(({ errors }) => errors),
  };
}

/** Which words tell the problem; what is wrong with one entry is told by the common ones. */
const contexts: Readonly<Record<DockerConfigProblem, string>> = {
  empty: 'empty',
  'not-json': 'notJson',
  'wrong-shape': 'wrongShape',
  'auth-not-base64': '',
  'auth-without-colon': '',
};

class NamespaceReader {
  readonly #api: KubernetesApi;
  readonly #namespace: string;
  readonly #signal: AbortSignal;
  readonly #errors: NodemendError[] = [];

  constructor(api: KubernetesApi, namespace: string, signal: AbortSignal) {
    this.#api = api;
    this.#namespace = namespace;
    this.#signal = signal;
  }

  async read(more: readonly string[]): Promise<FoundSecrets> {
    const [pods, accounts] = await Promise.all([
      this.#users('Pod', 'pods', (raw) => raw['spec']),
      this.#users('ServiceAccount', 'serviceaccounts', (raw) => raw),
    ]);
    const users = [...pods, ...accounts];
    const names = [...new Set([...users.flatMap(({ pullSecrets }) => pullSecrets), ...more])].toSorted(compareNames);
    const secrets: PullSecret[] = [];
    // One after the other: a namespace names a few.
    for (const name of names) secrets.push(...(await this.#secret(name)));
    return { secrets, users, errors: this.#errors };
  }

  async #users(
    kind: SecretUser['kind'],
    resource: string,
    holder: (raw: JsonObject) => unknown,
  ): Promise<readonly SecretUser[]> {
    const path = apiPath({ group: '', version: 'v1', namespace: this.#namespace, resource });
    const project = (raw: JsonObject): SecretUser => ({
      kind,
      namespace: this.#namespace,
      name: text(object(raw['metadata'])['name']),
      pullSecrets: secretNames(holder(raw)),
    });
    const users = await this.#allowed(`list ${resource}`, () =>
      this.#api.list(path, { project, signal: this.#signal }),
    );
    return (users ?? []).filter(({ pullSecrets }) => pullSecrets.length > 0);
  }

  /** None where it is missing: kubelet passes over it. */
  async #secret(name: string): Promise<readonly PullSecret[]> {
    const path = apiPath({ group: '', version: 'v1', namespace: this.#namespace, resource: 'secrets', name });
    const read = await this.#allowed('get secrets', () =>
      this.#api.get(path, (raw) => this.#project(name, raw), this.#signal).catch(absent),
    );
    if (!(read instanceof NodemendError)) return read ? [read] : [];
    this.#errors.push(read);
    return [];
  }

  #project(secret: string, raw: JsonObject): PullSecret | NodemendError {
    const broken = (context: string): NodemendError =>
      new NodemendError('PULL_SECRET_INVALID', { namespace: this.#namespace, secret, context });
    const type = text(raw['type']);
    if (!isDockerConfigType(type)) return broken('wrongType');
    const config = parseDockerConfig(
      Buffer.from(text(object(raw['data'])[dockerConfigTypes[type]]), 'base64').toString('utf8'),
      type,
    );
    return isBroken(config)
      ? broken(contexts[config.problem])
      : { namespace: this.#namespace, secret, entries: config.entries };
  }

  async #allowed<T>(access: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!isNodemendError(error) || error.code !== 'API_FORBIDDEN') throw error;
      const forbidden = new NodemendError(
        'SECRETS_FORBIDDEN',
        { user: error.params['user'] ?? '', access, namespace: this.#namespace },
        { cause: error },
      );
      if (!this.#errors.some(({ message }) => message === forbidden.message)) this.#errors.push(forbidden);
      return undefined;
    }
  }
}

function secretNames(holder: unknown): readonly string[] {
  return objects(object(holder)['imagePullSecrets']).flatMap(({ name }) => text(name) || []);
}

function absent(error: unknown): undefined {
  if (!isNodemendError(error) || error.code !== 'API_NOT_FOUND') throw error;
}
