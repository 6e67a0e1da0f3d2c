import { imageNamed, isRightPin, titleOf, type NodeImage, type NodeImages } from '../../images/node-images.ts';
import type { NodeView } from '../../images/node-view.ts';
import { holdsIn } from '../../images/pins/edited-holds.ts';
import { foundHolds, heldOn } from '../../images/pins/hold-changes.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { baseImagesAtRisk } from './risk.ts';

/** A base image that should be pinned and is not, with why. */
export interface LostPin {
  readonly name: string;
  /**
   * `mislabelled`: a label that looks like a pin and is none. `sandbox`: this containerd pins the image that it makes
   * sandboxes from, and this one is not. `earlier`: it was pinned when it was last looked at.
   */
  readonly why: 'mislabelled' | 'sandbox' | 'earlier';
}

/** @param before the images of the same machine in earlier evidence */
export function lostPins(
  { needed, keeping, sandbox }: NodeView,
  store: NodeImages,
  before: NodeImages | undefined,
): readonly LostPin[] {
  if (keeping.pins !== 'honoured') return [];
  return needed.flatMap(({ name }): readonly LostPin[] => {
    const image = imageNamed(store, name)?.image;
    if (image === undefined || image.pins.some(isRightPin)) return [];
    if (image.pins.length > 0) return [{ name, why: 'mislabelled' }];
    if (sandbox.state === 'known' && sandbox.name === name) return [{ name, why: 'sandbox' }];
    const wasPinned = before !== undefined && imageNamed(before, name)?.image.pins.some(isRightPin) === true;
    return wasPinned ? [{ name, why: 'earlier' }] : [];
  });
}

/** Base images that a collection may take, and those whose pin is not in force: what is to be pinned. */
export function unprotectedImages(view: NodeView): readonly string[] {
  if (view.store.state !== 'seen') return [];
  const lost = lostPins(view, view.store.value, undefined).map(({ name }) => name);
  return [...new Set([...baseImagesAtRisk(view, view.store.value), ...lost])];
}

/**
 * Images that the node needs and that a pod of nodemend's is to hold there, and does not: it cannot start, or was kept from
 * the node. One that is gone is missing, and said to be.
 */
export function unheldImages(view: NodeView, store: NodeImages, evidence: Evidence): readonly string[] {
  const holds = foundHolds(evidence);
  if (holds.state !== 'seen') return [];
  return heldOn(holds.value, view.node.name).filter((name) => {
    const use = imageNamed(store, name)?.image.use;
    return needs(view, name) && use !== undefined && use !== 'running' && use !== 'perhaps';
  });
}

/** Images that the node needs and that were held there when it was last looked at: their DaemonSet is gone altogether. */
export function noLongerHeld(
  { view, evidence }: { readonly view: NodeView; readonly evidence: Evidence },
  store: NodeImages,
  before: readonly string[],
): readonly LostPin[] {
  const holds = foundHolds(evidence);
  if (holds.state !== 'seen') return [];
  const held = new Set([...heldOn(holds.value, view.node.name), ...imagesOfEdited(view, evidence)]);
  return before
    .filter((name) => !held.has(name) && needs(view, name) && isOnlyThere(imageNamed(store, name)?.image))
    .map((name) => ({ name, why: 'earlier' }));
}

/** Images that the node needs and that a DaemonSet was made to hold there that somebody has edited since. */
export function imagesOfEdited(view: NodeView, evidence: Evidence): readonly string[] {
  const holds = holdsIn(evidence);
  const edited = holds.state === 'seen' ? holds.value.edited : [];
  const images = edited.flatMap(({ made }) => (made?.nodes.includes(view.node.name) ? made.images : []));
  return [...new Set(images)].filter((name) => needs(view, name));
}

function needs({ needed }: NodeView, name: string): boolean {
  return needed.some((one) => one.name === name);
}

/** Neither pinned nor in use. */
function isOnlyThere(image: NodeImage | undefined): boolean {
  if (image === undefined || image.pins.some(isRightPin)) return false;
  return image.use !== 'running' && image.use !== 'perhaps';
}

/** Images with a pin that nobody looks at. */
export function ignoredPins({ keeping }: NodeView, { images }: NodeImages): readonly string[] {
  if (keeping.pins !== 'ignored') return [];
  return images.filter(({ pins }: NodeImage) => pins.length > 0).map(titleOf);
}
