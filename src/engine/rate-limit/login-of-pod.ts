import type { AttachedSecrets, NamespacePullSecrets, PullSecret } from '../../evidence/pull-secrets/pull-secret.ts';
import type { Observed } from '../../evidence/evidence.ts';
import type { SecretName } from '../../evidence/rate-limit/secret-name.ts';
import { lookUpEntries } from '../../registry/docker-config/keyring.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';

/** What was read of the namespaces that were named for it. */
export type ObservedPullSecrets = readonly NamespacePullSecrets[];

/** Pull secrets by name, in one namespace. */
export interface NamedSecrets {
  readonly namespace: string;
  readonly names: readonly string[];
}

/**
 * The pull secret with whose login kubelet pulls an image; undefined where there is none, or none that was read. Of
 * several secrets kubelet takes the entries together; the first secret that holds a login for the image is taken here.
 */
export function loginFor(
  found: ObservedPullSecrets,
  { namespace, names }: NamedSecrets,
  image: string,
): SecretName | undefined {
  if (names.length === 0) return undefined;
  const reference = parseReference(image);
  if (isInvalid(reference)) return undefined;
  const secret = namesRead(found, namespace).find(
    ({ name, logins }) =>
      names.includes(name) && lookUpEntries(logins, reference).some(({ holds }) => holds === 'password'),
  );
  return secret && { namespace, secret: secret.name };
}

/** The pull secrets that a pod, or what its ServiceAccount gives to pods, names. */
export function secretsOf(
  found: ObservedPullSecrets,
  kind: 'pods' | 'serviceAccounts',
): (namespace: string, name: string) => NamedSecrets {
  const byName = new Map(
    found.flatMap(({ namespace, [kind]: users }) =>
      usersOf(users).map(({ name, pullSecrets }) => [`${namespace}/${name}`, pullSecrets] as const),
    ),
  );
  return (namespace, name) => ({ namespace, names: byName.get(`${namespace}/${name}`) ?? [] });
}

function usersOf(users: Observed<readonly AttachedSecrets[]> | undefined): readonly AttachedSecrets[] {
  return users?.state === 'seen' ? users.value : [];
}

/** Whether a Secret was read, and kubelet can read logins from it. */
export function isRead(found: ObservedPullSecrets, namespace: string, name: string): boolean {
  return namesRead(found, namespace).some((secret) => secret.name === name);
}

function namesRead(
  found: ObservedPullSecrets,
  namespace: string,
): readonly (Pick<PullSecret, 'logins'> & { readonly name: string })[] {
  return found.flatMap((one) =>
    one.namespace !== namespace
      ? []
      : one.secrets.flatMap(({ name, secret }) =>
          secret.state !== 'seen' || secret.value === 'absent' || secret.value.problem !== undefined
            ? []
            : [{ name, logins: secret.value.logins }],
        ),
  );
}
