import type { NamespacePullSecrets } from '../../../evidence/pull-secrets/pull-secret.ts';
import { isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import { retiredKey } from '../pull-secrets/meant-for.ts';
import { NamespaceSecrets } from '../pull-secrets/namespace-secrets.ts';
import { pullSecretCommand } from '../pull-secrets/pull-secret-command.ts';
import type { RetiredUse } from './retired-use.ts';

/**
 * A login to the old registry that has no counterpart for the new one: a private image would be refused under its new
 * name.
 */
export interface MissingLogin {
  readonly secret: string;
  readonly registry: string;
  /** Which puts it right. */
  readonly command: string;
}

/** Undefined where pods need no login, have one, or where their Secrets were not read (`--use-secrets`). */
export function missingLogin(
  { namespace, pullSecrets }: RetiredUse,
  to: string,
  seen: readonly NamespacePullSecrets[],
): MissingLogin | undefined {
  const own = seen.find((one) => one.namespace === namespace);
  const reference = parseReference(to);
  if (own === undefined || isInvalid(reference)) return undefined;
  const secrets = new NamespaceSecrets(own);
  const { registry } = reference;
  const old = secrets.logins(pullSecrets).find(({ key }) => retiredKey(key)?.successor === registry);
  if (old === undefined || secrets.loginsFor(pullSecrets, reference).length > 0) return undefined;
  return { secret: old.secret, registry, command: pullSecretCommand({ registry, name: old.secret, namespace }) };
}
