import type { JsonObject } from '../kubernetes/api.ts';
import { object, objects, text } from '../kubernetes/json-fields.ts';
import type { ImageUse, MountingPod, PodOwner, WaitingContainer } from './pod-facts.ts';

/** What of one Pod object (core/v1) is folded. Undefined for pods that have ended: they pull nothing any more. */
export interface ProjectedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly createdAt: string;
  readonly owner: PodOwner;
  readonly isStatic: boolean;
  readonly serviceAccount: string;
  readonly pullSecrets: readonly string[];
  readonly images: readonly Pick<ImageUse, 'container' | 'role' | 'image' | 'pullPolicy'>[];
  readonly waiting: readonly Pick<WaitingContainer, 'container' | 'image' | 'reason' | 'message'>[];
  /**
   * Of a pod that a node cannot do without (`isOfNode`) and that is not being deleted: what its running containers are made
   * from, as kubelet says it (`imageID`).
   */
  readonly running?: readonly { readonly container: string; readonly imageID: string }[];
  /** It is on its host's network, and asks the cluster's DNS (`ClusterFirstWithHostNet`). */
  readonly hostDns?: true;
  /** Of a pod that has a node and claims, and has not begun. */
  readonly mounting?: Pick<MountingPod, 'fsGroup' | 'changePolicy' | 'claims'>;
}

/** Waits that end by themselves, or that concern a container that was pulled. */
const ofNoInterest: ReadonlySet<string> = new Set(['PodInitializing', 'CrashLoopBackOff', 'Completed']);

/**
 * kubelet marks what it made from a file of its own (`kubernetes.io/config.mirror`, pkg/kubelet/types/pod_update.go).
 */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

export function projectPod(raw: JsonObject): ProjectedPod | undefined {
  const metadata = object(raw['metadata']);
  const spec = object(raw['spec']);
  const status = object(raw['status']);
  const phase = text(status['phase']);
  if (phase === 'Succeeded' || phase === 'Failed') return undefined;
  const images = imagesOf(spec);
  const whose = {
    namespace: text(metadata['namespace']),
    owner: ownerOf(metadata),
    isStatic: text(object(metadata['annotations'])[mirrorAnnotation]) !== '',
  };
  const isLeaving = text(metadata['deletionTimestamp']) !== '';
  return {
    ...whose,
    name: text(metadata['name']),
    uid: text(metadata['uid']),
    node: text(spec['nodeName']),
    createdAt: text(metadata['creationTimestamp']),
    serviceAccount: text(spec['serviceAccountName']),
    pullSecrets: objects(spec['imagePullSecrets'])
      .map(({ name }) => text(name))
      .filter((name) => name !== ''),
    images,
    waiting: waitingOf(status, images),
    ...(isOfNode(whose) && !isLeaving ? { running: runningOf(status) } : {}),
    ...(spec['hostNetwork'] === true && spec['dnsPolicy'] === 'ClusterFirstWithHostNet' ? { hostDns: true } : {}),
    ...mountingOf(text(metadata['name']), spec, phase),
  };
}

function mountingOf(pod: string, spec: JsonObject, phase: string): Pick<ProjectedPod, 'mounting'> {
  if (phase !== 'Pending' || text(spec['nodeName']) === '') return {};
  const claims = objects(spec['volumes']).flatMap((volume) => {
    const name = text(volume['name']);
    // The claim of an ephemeral volume is called after its pod (kubernetes.io/docs/concepts/storage/ephemeral-volumes).
    const source = object(volume['persistentVolumeClaim']);
    const claim = volume['ephemeral'] === undefined ? text(source['claimName']) : `${pod}-${name}`;
    const readOnly = source['readOnly'] === true ? { readOnly: true as const } : {};
    return claim === '' ? [] : [{ volume: name, claim, ...readOnly }];
  });
  if (claims.length === 0) return {};
  const { fsGroup, fsGroupChangePolicy } = object(spec['securityContext']);
  return {
    mounting: {
      ...(typeof fsGroup === 'number' ? { fsGroup } : {}),
      ...(typeof fsGroupChangePolicy === 'string' ? { changePolicy: fsGroupChangePolicy } : {}),
      claims,
    },
  };
}

function ownerOf(metadata: JsonObject): PodOwner {
  const controller = objects(metadata['ownerReferences']).find((owner) => owner['controller'] === true);
  // A static pod is "owned" by its node, which is nobody who could be changed.
  if (!controller || text(controller['kind']) === 'Node')
    return { apiVersion: 'v1', kind: 'Pod', name: text(metadata['name']) };
  return { apiVersion: text(controller['apiVersion']), kind: text(controller['kind']), name: text(controller['name']) };
}

function imagesOf(spec: JsonObject): ProjectedPod['images'] {
  const of = (key: string, role: ImageUse['role']) =>
    objects(spec[key]).map((container) => ({
      container: text(container['name']),
      role,
      image: text(container['image']),
      ...pullPolicyOf(container),
    }));
  const volumes = objects(spec['volumes']).map((volume) => ({
    container: text(volume['name']),
    role: 'volume' as const,
    image: text(object(volume['image'])['reference']),
    ...pullPolicyOf({ imagePullPolicy: object(volume['image'])['pullPolicy'] ?? null }),
  }));
  return [
    ...of('initContainers', 'init'),
    ...of('containers', 'container'),
    ...of('ephemeralContainers', 'ephemeral'),
    ...volumes,
  ].filter(({ image }) => image !== '');
}

/** The API server writes down what it is where the author did not. */
function pullPolicyOf({ imagePullPolicy }: JsonObject): Pick<ImageUse, 'pullPolicy'> {
  return imagePullPolicy === 'Always' || imagePullPolicy === 'Never' ? { pullPolicy: imagePullPolicy } : {};
}

/**
 * Whether a node cannot do without this pod: the cluster's own parts, what runs on every node, and what kubelet reads
 * from a file.
 */
export function isOfNode({
  namespace,
  owner,
  isStatic,
}: Pick<ProjectedPod, 'namespace' | 'owner' | 'isStatic'>): boolean {
  return namespace === 'kube-system' || owner.kind === 'DaemonSet' || isStatic;
}

/** Longer than any reference with a digest may be; what is longer is not kept. */
const longestID = 512;

function runningOf(status: JsonObject): NonNullable<ProjectedPod['running']> {
  return [...objects(status['initContainerStatuses']), ...objects(status['containerStatuses'])].flatMap((one) => {
    const imageID = text(one['imageID']);
    const isRunning = object(one['state'])['running'] !== undefined;
    return isRunning && imageID !== '' && imageID.length <= longestID
      ? [{ container: text(one['name']), imageID }]
      : [];
  });
}

/**
 * The specification's own spelling of the image stands beside it: the status may name another one (its digest, without
 * a tag).
 */
function waitingOf(status: JsonObject, images: ProjectedPod['images']): ProjectedPod['waiting'] {
  const statuses = ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap((key) =>
    objects(status[key]),
  );
  return statuses.flatMap((one) => {
    const waiting = object(object(one['state'])['waiting']);
    const reason = text(waiting['reason']);
    if (reason === '' || ofNoInterest.has(reason)) return [];
    const container = text(one['name']);
    const image =
      images.find((use) => use.container === container && use.role !== 'volume')?.image ?? text(one['image']);
    return [{ container, image, reason, message: text(waiting['message']) }];
  });
}
