import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import type { FoundSecrets, SecretName } from './accounts/pull-secrets.ts';
import { holdsLoginFor } from '../../evidence/rate-limit/registry-logins.ts';

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
  { secrets }: FoundSecrets,
  { namespace, names }: NamedSecrets,
  image: string,
): SecretName | undefined {
  if (names.length === 0) return undefined;
  const reference = parseReference(image);
  if (isInvalid(reference)) return undefined;
  const found = secrets.find(
    (one) => one.namespace === namespace && names.includes(one.secret) && holdsLoginFor(one, reference),
  );
  return found && { namespace, secret: found.secret };
}

/** The pull secrets that a pod, or what its ServiceAccount gives to pods, names. */
export function secretsOf(
  { users }: FoundSecrets,
  kind: 'Pod' | 'ServiceAccount',
): (namespace: string, name: string) => NamedSecrets {
  const byName = new Map(
    users.filter((user) => user.kind === kind).map((user) => [`${user.namespace}/${user.name}`, user.pullSecrets]),
  );
  return (namespace, name) => ({ namespace, names: byName.get(`${namespace}/${name}`) ?? [] });
}
