import type { ImageUse, PodFacts, PodWarning } from '../../../evidence/pod-facts.ts';
import { isInvalid, parseReference, type ImageReference } from '../../../registry/reference/image-reference.ts';
import { pullFailures, type PullCause, type PullFailure } from '../pulls/pull-failure.ts';

/** Pods of one owner that pull one image, with what they have to log in with. */
export interface Pull {
  readonly use: ImageUse;
  readonly reference: ImageReference;
  /** Why it fails, for how many of the pods; absent where none waits. */
  readonly failure?: { readonly cause: PullCause; readonly pods: number };
}

/** The registry says that it wants a login, or another one. */
export const wantsLogin: ReadonlySet<PullCause> = new Set<PullCause>(['auth-required', 'auth-or-missing']);
/**
 * What a pull without its login runs into as well: Docker Hub's limit of those who are not logged in; and what is no
 * longer said.
 */
const mayWantLogin: ReadonlySet<PullCause> = new Set<PullCause>([
  ...wantsLogin,
  'dockerhub-rate-limit',
  'cause-unseen',
]);
/** kubelet's own words for a secret that it cannot parse are in no list of messages. */
const mayBeUnread: ReadonlySet<PullCause> = new Set<PullCause>([...mayWantLogin, 'other']);

export function failsForLogin({ failure }: Pull): boolean {
  return failure !== undefined && wantsLogin.has(failure.cause);
}

export function mayFailForLogin({ failure }: Pull): boolean {
  return failure !== undefined && mayWantLogin.has(failure.cause);
}

export function mayFailForBrokenSecret({ failure }: Pull): boolean {
  return failure !== undefined && mayBeUnread.has(failure.cause);
}

/** All pulls whose reference can be read. Static pods have no pull secrets: they are of their node alone. */
export function findPulls(pods: PodFacts, events: readonly PodWarning[]): readonly Pull[] {
  const failures = Map.groupBy(pullFailures(pods, events), ({ waiting }) => keyOf(waiting));
  return pods.uses.flatMap((use) => {
    const reference = parseReference(use.image);
    if (use.static || isInvalid(reference)) return [];
    return [{ use, reference, ...failureOf(failures.get(keyOf(use)) ?? []) }];
  });
}

/** Pods of one owner may wait with several messages: one about the login is what counts here. */
function failureOf(failures: readonly PullFailure[]): Pick<Pull, 'failure'> {
  const told = failures.find(({ cause }) => wantsLogin.has(cause)) ?? failures[0];
  if (told === undefined) return {};
  return { failure: { cause: told.cause, pods: failures.reduce((sum, { waiting }) => sum + waiting.pods, 0) } };
}

export function keyOf({
  namespace,
  owner,
  container,
  image,
}: Pick<ImageUse, 'namespace' | 'owner' | 'container' | 'image'>): string {
  return [namespace, owner.apiVersion, owner.kind, owner.name, container, image].join('\n');
}

/** Who waits, or would at the next pull: for the facts of a finding. */
export function workloadsOf(pulls: readonly Pull[]): readonly { readonly name: string; readonly pods: number }[] {
  const byOwner = Map.groupBy(pulls, ({ use }) => `${use.namespace}/${use.owner.name}`);
  return [...byOwner].map(([name, ones]) => ({
    name,
    pods: Math.max(...ones.map(({ use, failure }) => failure?.pods ?? use.pods)),
  }));
}
