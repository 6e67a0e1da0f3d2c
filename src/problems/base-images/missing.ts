import type { Evidence } from '../../evidence/evidence.ts';
import type { NeededImage } from '../../images/needed-images.ts';
import { imageNamed, type NodeImages } from '../../images/node-images.ts';
import { storedName } from '../../images/needed-images.ts';
import type { NodeView } from '../../images/node-view.ts';

/** Base images that a node lacks. */
export interface Missing {
  readonly image: NeededImage;
  /** `half`: a record is there, and not all that it needs. */
  readonly why: 'absent' | 'half' | 'other-platform';
  /** A pod of the node waits for it. */
  readonly isWaitedFor: boolean;
}

/** The guide names what is there alone, so that nothing of it can be missing. */
export function missingImages(
  { needed, node }: NodeView,
  store: NodeImages,
  waiting: WaitingImages,
): readonly Missing[] {
  return needed.flatMap((image): readonly Missing[] => {
    const found = imageNamed(store, image.name);
    const why = found === undefined ? 'absent' : found.as.content;
    if (why !== 'absent' && why !== 'half' && why !== 'other-platform') return [];
    return [{ image, why, isWaitedFor: waiting.get(node.name)?.has(image.name) === true }];
  });
}

type MissingRule = 'sandbox-image-missing' | 'base-image-missing' | 'base-image-absent' | 'upgrade-image-absent';

/** The rule that says so. */
export function missingRule({ image, isWaitedFor }: Missing): MissingRule {
  if (image.wanted.some(({ by }) => by === 'sandbox')) return 'sandbox-image-missing';
  if (isWaitedFor) return 'base-image-missing';
  return image.wanted.every(({ by }) => by === 'version') ? 'upgrade-image-absent' : 'base-image-absent';
}

/** Images that containers wait for, by node; of each what made their pods (`namespace/name`). */
export type WaitingImages = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** kubelet's reasons for a container that waits for its image (pkg/kubelet/images/types.go). */
const pullReasons: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull']);

export function waitingImages({ cluster }: Evidence): WaitingImages {
  if (cluster.state !== 'seen' || cluster.value.pods?.state !== 'seen') return new Map();
  const byNode = new Map<string, Map<string, Set<string>>>();
  for (const { image, reason, nodes, namespace, owner } of cluster.value.pods.value.waiting) {
    const name = storedName(image);
    if (name === undefined || !pullReasons.has(reason)) continue;
    for (const node of nodes) {
      const images = byNode.get(node) ?? new Map<string, Set<string>>();
      byNode.set(node, images.set(name, (images.get(name) ?? new Set()).add(`${namespace}/${owner.name}`)));
    }
  }
  return byNode;
}

/** Images that are there, and for which pods wait anyway: each start of theirs asks the registry. */
export function uselessImages(
  { needed, node }: Pick<NodeView, 'needed' | 'node'>,
  store: NodeImages,
  waiting: WaitingImages,
): readonly string[] {
  return needed.flatMap(({ name, isAlwaysPulled, wanted }) => {
    const content = imageNamed(store, name)?.as.content;
    const isThere = content === 'whole' || content === 'without-layers';
    const pods = waiting.get(node.name)?.get(name);
    return isThere && isAlwaysPulled && wanted.some((one) => one.by === 'pod' && pods?.has(one.name)) ? [name] : [];
  });
}
