import { registryOf } from '../../registry/reference/registry-of.ts';
import type { ObservedNamespace } from './observe-namespaces.ts';
import type { PullSecretRequest } from './pull-secret-request.ts';

/** Pods of one owner that pull from the registry, and do not get the Secret. */
export interface LeftBehind {
  /** `shop/ReplicaSet/web-7d9c`. */
  readonly owner: string;
  readonly pods: number;
}

/**
 * Pods that were made before: a ServiceAccount's pull secrets are copied into a pod when it is made (ServiceAccount
 * admission), so these pull without it until they are re-created. Pods that name the Secret themselves use what is in
 * it at their next pull.
 */
export function leftBehind(
  namespaces: readonly ObservedNamespace[],
  { registry, name }: Pick<PullSecretRequest, 'registry' | 'name'>,
): readonly LeftBehind[] {
  const uses = namespaces.flatMap((one) =>
    one.uses.filter(
      ({ image, pullSecrets, static: isStatic }) =>
        !isStatic && !pullSecrets.includes(name) && registryOf(image) === registry,
    ),
  );
  const byOwner = Map.groupBy(uses, ({ namespace, owner }) => `${namespace}/${owner.kind}/${owner.name}`);
  return [...byOwner]
    .map(([owner, ones]) => ({ owner, pods: Math.max(...ones.map(({ pods }) => pods)) }))
    .toSorted((a, b) => (a.owner < b.owner ? -1 : 1));
}
