import type { Evidence } from '../../../evidence/evidence.ts';
import { allPods } from '../../../images/needed-images.ts';
import { titleOf } from '../../../images/node-images.ts';
import type { NodeView } from '../../../images/node-view.ts';
import { foundHolds, heldOn } from '../../../images/pins/hold-changes.ts';
import { pinnedByRun } from '../../../images/pins/pin-records.ts';

/**
 * Images that nodemend pinned on a node, or holds there, and that nobody needs there any more: they take up its disk for
 * good. Only where all that could need them are known; somebody else's pins are theirs to judge.
 */
export function staleImages({ node, needed, store, sandbox }: NodeView, evidence: Evidence): readonly string[] {
  if (allPods(evidence).state !== 'seen' || sandbox.state !== 'known' || store.state !== 'seen') return [];
  const names = new Set(needed.map(({ name }) => name));
  const pinned = store.value.images.filter(
    (image) =>
      pinnedByRun(image) !== undefined &&
      image.use !== 'running' &&
      image.use !== 'perhaps' &&
      !image.names.some(({ name }) => names.has(name)),
  );
  const holds = foundHolds(evidence);
  const held = holds.state === 'seen' ? heldOn(holds.value, node.name) : [];
  return [...new Set([...pinned.map(titleOf), ...held.filter((name) => !names.has(name))])].toSorted();
}
