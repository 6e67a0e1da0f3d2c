import type { Evidence } from '../../../evidence/evidence.ts';
import { neededByNode } from '../../../images/needed-images.ts';
import { nodeView, type NodeView } from '../../../images/node-view.ts';
import type { SourceCluster } from '../../../images/sources/candidates.ts';
import type { NodeStore } from '../../../images/sources/known-image.ts';
import type { NodeImages } from '../../../images/node-images.ts';
import { sourceCluster } from './source-cluster.ts';
import { askedForView } from '../without-kubelet.ts';
import { missingImages, missingRule, waitingImages, type Missing } from '../missing.ts';

/** A node that lacks images, with what it has. */
export interface NeedyNode {
  readonly view: NodeView;
  readonly store: NodeImages;
  /** What no pod starts without first, then what pods wait for. */
  readonly missing: readonly Missing[];
}

/** What all nodes have, and those of them that lack images. */
export interface ImageNeeds {
  readonly stores: readonly NodeStore[];
  readonly needy: readonly NeedyNode[];
  readonly cluster: SourceCluster;
  /** Names of images that pods of the cluster want, on whichever node. */
  readonly ofPods: ReadonlySet<string>;
}

const urgency = ['sandbox-image-missing', 'base-image-missing', 'base-image-absent', 'upgrade-image-absent'] as const;

/** @param wanted names, written out; undefined for all that are missing */
export function imageNeeds(evidence: Evidence, wanted: ReadonlySet<string> | undefined): ImageNeeds {
  const needed = neededByNode(evidence);
  const waiting = waitingImages(evidence);
  const seen = evidence.nodes.flatMap((node) => {
    const view = askedForView(nodeView(node, evidence, needed), evidence);
    return view.store.state === 'seen' ? [{ view, store: view.store.value }] : [];
  });
  const needy = seen.map(({ view, store }) => ({
    view,
    store,
    missing: missingImages(view, store, waiting)
      .filter(({ image }) => wanted?.has(image.name) !== false)
      .toSorted((a, b) => urgency.indexOf(missingRule(a)) - urgency.indexOf(missingRule(b))),
  }));
  const ofPods = new Set(needed.state === 'seen' ? [...needed.value.values()].flat().map(({ name }) => name) : []);
  return {
    cluster: sourceCluster(evidence, [
      ...ofPods,
      ...seen.flatMap(({ view }) => view.needed.map(({ name }) => name)),
      ...seen.flatMap(({ store }) => store.images.flatMap(({ names }) => names.map(({ name }) => name))),
    ]),
    ofPods,
    stores: seen.map(({ view, store }) => ({ node: view.node.name, images: store })),
    needy: needy.filter(({ missing }) => missing.length > 0),
  };
}
