import type { NamespacePullSecrets, PullLogin, PullSecret } from '../../../evidence/pull-secrets/pull-secret.ts';
import type { Observed } from '../../../evidence/evidence.ts';
import { lookUpEntries } from '../../../registry/docker-config/keyring.ts';
import type { ImageReference } from '../../../registry/reference/image-reference.ts';

/** A login with the Secret it stands in. */
export interface SecretLogin extends PullLogin {
  readonly secret: string;
}

/** The pull secrets of one namespace, by name. */
export class NamespaceSecrets {
  readonly namespace: string;
  readonly #secrets: ReadonlyMap<string, Observed<PullSecret | 'absent'>>;
  readonly #attached: ReadonlyMap<string, readonly string[]>;

  constructor({ namespace, secrets, serviceAccounts }: NamespacePullSecrets) {
    this.namespace = namespace;
    this.#secrets = new Map(secrets.map(({ name, secret }) => [name, secret]));
    this.#attached = new Map(
      serviceAccounts.state === 'seen' ? serviceAccounts.value.map(({ name, pullSecrets }) => [name, pullSecrets]) : [],
    );
  }

  /** Undefined where nobody names it. */
  secret(name: string): Observed<PullSecret | 'absent'> | undefined {
    return this.#secrets.get(name);
  }

  /** Whether there is one that kubelet can read. */
  has(name: string): boolean {
    return this.#readable(name) !== undefined;
  }

  /** What a ServiceAccount hands to new pods. */
  attachedTo(serviceAccount: string): readonly string[] {
    return this.#attached.get(serviceAccount) ?? [];
  }

  /** Those that kubelet can read, of these secrets. */
  logins(names: readonly string[]): readonly SecretLogin[] {
    return names.flatMap((name) => (this.#readable(name)?.logins ?? []).map((login) => ({ ...login, secret: name })));
  }

  /** Those that kubelet would try for an image, in its order. */
  loginsFor(names: readonly string[], reference: ImageReference): readonly SecretLogin[] {
    return lookUpEntries(this.logins(names), reference);
  }

  #readable(name: string): PullSecret | undefined {
    const secret = this.#secrets.get(name);
    return secret?.state === 'seen' && secret.value !== 'absent' && secret.value.problem === undefined
      ? secret.value
      : undefined;
  }
}
