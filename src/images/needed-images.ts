import type { Evidence, Observed } from '../evidence/evidence.ts';
import type { ImageUse, PodFacts } from '../evidence/pod-facts.ts';
import { formatReference, isInvalid, parseReference } from '../registry/reference/image-reference.ts';
import guide from '../platforms/nks/guide-images.json' with { type: 'json' };
import { holdName, holdNamespace, holdReference } from './pins/image-hold.ts';
import { titleOf, type NodeImages } from './node-images.ts';

/** An image that a node cannot do without. */
export interface NeededImage {
  /** As runtimes keep it: written out, and by its digest alone where one is given. */
  readonly name: string;
  readonly wanted: readonly Wanting[];
  /** Pods want it, and each of them asks its registry at every start: having it does not help them. */
  readonly isAlwaysPulled: boolean;
}

/** Having it helps nobody: neither the runtime wants it nor anybody who configured or named it. */
export function helpsNobody({ isAlwaysPulled, wanted }: NeededImage): boolean {
  return isAlwaysPulled && wanted.every(({ by }) => by === 'pod');
}

/** Who wants it: the runtime, a pod, the user's configuration, the guide's list, a version of Kubernetes to come. */
export interface Wanting {
  readonly by: 'sandbox' | 'pod' | 'configuration' | 'guide' | 'version';
  /** `namespace/name` of what made the pod; a kind of its own for the others. */
  readonly name: string;
}

/** What pods of the cluster's own parts want, by the node that they are on. */
export type NeededByNode = ReadonlyMap<string, readonly NeededImage[]>;

/** From the cluster's pods; not looked at where no API server was asked, or one namespace of it alone. */
export function neededByNode(evidence: Evidence): Observed<NeededByNode> {
  const pods = allPods(evidence);
  return pods.state === 'seen' ? { state: 'seen', value: byNode(pods.value) } : pods;
}

/** All pods of the cluster, which tell what each node needs. */
export function allPods({ cluster, scope }: Evidence): Observed<PodFacts> {
  if (cluster.state !== 'seen') return cluster;
  const { pods } = cluster.value;
  return pods === undefined || scope.namespace !== undefined
    ? { state: 'not-looked-at', enable: '--kubeconfig' }
    : pods;
}

function byNode({ uses }: PodFacts): NeededByNode {
  const wanted = new Map<string, NeededImage[]>();
  for (const use of uses) {
    const needed = ofPod(use);
    if (needed === undefined) continue;
    for (const node of use.nodes ?? []) {
      const ofNode = wanted.get(node);
      if (ofNode === undefined) wanted.set(node, [needed]);
      else ofNode.push(needed);
    }
  }
  return new Map([...wanted].map(([node, all]) => [node, joined(all)]));
}

function ofPod({ image, namespace, owner, pullPolicy }: ImageUse): NeededImage | undefined {
  // What is held for those who need it is not needed for that.
  if (namespace === holdNamespace && owner.kind === holdReference.kind && holdName.test(owner.name)) return undefined;
  const name = storedName(image);
  const wanted = [{ by: 'pod', name: `${namespace}/${owner.name}` } as const];
  return name === undefined ? undefined : { name, wanted, isAlwaysPulled: pullPolicy === 'Always' };
}

/** The name under which a runtime keeps what is asked for as `image`; undefined for what is not a reference. */
export function storedName(image: string): string | undefined {
  const reference = parseReference(image);
  if (isInvalid(reference)) return undefined;
  return formatReference(reference.digest === null ? reference : { ...reference, tag: null });
}

/** Each name once, with all that want it. */
export function joined(needed: readonly NeededImage[]): readonly NeededImage[] {
  const byName = Map.groupBy(needed, ({ name }) => name);
  return [...byName]
    .map(([name, all]) => ({
      name,
      wanted: [...new Map(all.flatMap(({ wanted }) => wanted).map((one) => [`${one.by} ${one.name}`, one])).values()],
      isAlwaysPulled: isAlwaysPulled(all),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function isAlwaysPulled(needed: readonly NeededImage[]): boolean {
  const ofPods = needed.filter(({ wanted }) => wanted.some(({ by }) => by === 'pod'));
  return ofPods.length > 0 && ofPods.every((one) => one.isAlwaysPulled);
}

const guideRepositories: ReadonlySet<string> = new Set(
  guide.repositories.flatMap((name) => {
    const reference = parseReference(name);
    return isInvalid(reference) ? [] : [`${reference.registry}/${reference.repository}`];
  }),
);

/**
 * Of the images of a node those that the guide calls base images. It names no tags, so that one which is gone cannot be
 * told by it.
 */
export function guideImages(images: NodeImages): readonly NeededImage[] {
  return images.images.flatMap((image) => {
    const name = titleOf(image);
    const reference = parseReference(name);
    if (isInvalid(reference) || !guideRepositories.has(`${reference.registry}/${reference.repository}`)) return [];
    return [{ name, wanted: [{ by: 'guide', name: 'guide' } as const], isAlwaysPulled: false }];
  });
}
