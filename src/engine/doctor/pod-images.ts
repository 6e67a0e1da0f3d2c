import type { Evidence, NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { listedImages } from '../../images/listed-images.ts';
import { neededByNode } from '../../images/needed-images.ts';
import { unknownPresence } from '../../images/presence.ts';
import { nodeView } from '../../images/node-view.ts';

/** What a pod of nodemend's is made from, and what of it is not on the node. */
export interface PodImages {
  readonly needed: readonly string[];
  readonly lacking: readonly string[];
}

/** The sandbox image of the node, and the images that the evidence was asked for. */
export function podImages(node: NodeEvidence, evidence: Evidence): Observed<PodImages> {
  const { store, sandbox, needed, keeping } = nodeView(node, evidence, neededByNode(evidence));
  if (store.state !== 'seen') return store;
  if (sandbox.state === 'unknown')
    return { state: 'unknown', reason: sandbox.reason, detail: 'which sandbox image is in effect is not known' };
  const images = listedImages(needed, { store: store.value, keeping, presenceOf: () => unknownPresence }, false);
  if (images.some(({ content }) => content === 'unknown'))
    return { state: 'unknown', reason: 'malformed', detail: 'whether an image is whole is not known' };
  const lacking = images.filter(({ content }) => ['absent', 'half', 'other-platform'].includes(content));
  return {
    state: 'seen',
    value: { needed: images.map(({ name }) => name), lacking: lacking.map(({ name }) => name) },
  };
}
