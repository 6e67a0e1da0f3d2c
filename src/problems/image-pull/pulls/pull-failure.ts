import type { PodFacts, PodWarning, WaitingContainer } from '../../../evidence/pod-facts.ts';
import { classify } from '../../../messages/classify.ts';
import { mirrorAsked } from '../../../messages/mirror-asked.ts';
import type { Label } from '../../../messages/label.ts';
import { successorOf } from '../../../registry/successor.ts';

/** Why a pull fails; the last two are not messages of a registry or a runtime. */
export type PullCause =
  | Label
  /** `imagePullPolicy: Never`, and the image is not on the node. */
  | 'never-pulled'
  /** kubelet backs off, and what it was told before is no longer to be seen. */
  | 'cause-unseen';

/** Containers that wait for an image, with the reason for it. */
export interface PullFailure {
  readonly cause: PullCause;
  /** The text that the cause was read from; empty when there is none. */
  readonly said: string;
  readonly from: 'cluster#pods' | 'cluster#events';
  readonly waiting: WaitingContainer;
  /** The host that was asked in the registry's stead, where the text names one. */
  readonly mirror?: string;
}

/** kubelet's reasons for a container that waits for its image (pkg/kubelet/images/types.go). */
const pullReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

/**
 * All that kubelet before 1.32 has to say while it waits: the cause is in an event alone
 * (kubernetes/kubernetes#127918).
 */
const onlyBacksOff = /^(?:Back-off pulling image (?:"[^"]*"|\S+))?$/;

/** The pulls that fail, each with its cause: what the container's status says, else what the events do. */
export function pullFailures({ waiting }: PodFacts, events: readonly PodWarning[]): readonly PullFailure[] {
  return waiting.filter(({ reason }) => pullReasons.has(reason)).map((one) => placed(failureOf(one, events)));
}

const silent: ReadonlySet<PullCause> = new Set<PullCause>(['dns', 'network-unreachable']);

/**
 * With the mirror that failed in the registry's stead. A retired registry's name that is gone is its retirement, like
 * all else that it answers or does not: those who still find an old address wait in vain for the same reason.
 */
function placed(failure: PullFailure): PullFailure {
  const { image } = failure.waiting;
  const mirror = mirrorAsked(failure.said, image);
  if (mirror !== undefined) return { ...failure, mirror };
  return silent.has(failure.cause) && successorOf(image) !== undefined
    ? { ...failure, cause: 'retired-registry' }
    : failure;
}

function failureOf(waiting: WaitingContainer, events: readonly PodWarning[]): PullFailure {
  const { reason, message } = waiting;
  if (reason === 'ErrImageNeverPull') return { cause: 'never-pulled', said: message, from: 'cluster#pods', waiting };
  if (!onlyBacksOff.test(message) || reason === 'InvalidImageName')
    return { cause: classify({ message, reason }), said: message, from: 'cluster#pods', waiting };
  const event = latestAbout(waiting, events);
  if (event === undefined) return { cause: 'cause-unseen', said: message, from: 'cluster#pods', waiting };
  return { cause: classify(event), said: event.message, from: 'cluster#events', waiting };
}

/** kubelet quotes the image as it stands in the pod; what another node was told may have another cause. */
function latestAbout(
  { namespace, image, nodes }: WaitingContainer,
  events: readonly PodWarning[],
): PodWarning | undefined {
  const written = `"${image}"`;
  return events
    .filter(
      (event) =>
        event.namespace === namespace &&
        (event.reason === 'Failed' || event.reason === 'BackOff') &&
        event.message.includes(written) &&
        !onlyBacksOff.test(event.message) &&
        (event.node === '' || nodes.includes(event.node)),
    )
    .reduce<PodWarning | undefined>(
      (latest, event) => (latest === undefined || event.lastSeen > latest.lastSeen ? event : latest),
      undefined,
    );
}

/** Pods that have no sandbox because its image is missing, by node. */
export interface SandboxFailure {
  readonly node: string;
  readonly said: string;
  /** How often kubelet said so. */
  readonly count: number;
}

/**
 * Nodes on which pods wait for their sandbox (`ContainerCreating`) while kubelet says that its image is missing. Events
 * outlive what they report: without a pod that still waits there, they are the past.
 */
export function sandboxFailures({ waiting }: PodFacts, events: readonly PodWarning[]): readonly SandboxFailure[] {
  const creating = new Set(
    waiting
      .filter(({ reason }) => reason === 'ContainerCreating')
      .flatMap(({ namespace, nodes }) => nodes.map((node) => `${namespace}\n${node}`)),
  );
  const byNode = new Map<string, SandboxFailure>();
  for (const { namespace, reason, message, node, count } of events) {
    if (
      reason !== 'FailedCreatePodSandBox' ||
      !creating.has(`${namespace}\n${node}`) ||
      classify({ message, reason }) !== 'sandbox-image-missing'
    )
      continue;
    const known = byNode.get(node);
    byNode.set(node, { node, said: known?.said ?? message, count: (known?.count ?? 0) + count });
  }
  return [...byNode.values()];
}
