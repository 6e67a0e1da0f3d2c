import type { Presence } from './presence.ts';
import { collectable, type Keeping } from './collection.ts';
import type { NeededImage } from './needed-images.ts';
import { imageNamed, isRightPin, titleOf, type Content, type NodeImage, type NodeImages } from './node-images.ts';

/** One image as a list of a node shows it. */
export interface ListedImage {
  readonly name: string;
  /** Undefined for one that the node only has. */
  readonly needed: NeededImage | undefined;
  /** `absent`: no record of that name; `unknown` of all where the node's images could not be listed. */
  readonly content: Content | 'absent';
  /** What is there under the name. */
  readonly found: FoundImage | undefined;
}

export interface FoundImage {
  readonly digest: string | undefined;
  readonly id: string | undefined;
  readonly bytes: number | undefined;
  /**
   * `ignored`: a pin that this runtime or kubelet does not look at; `mislabelled`: a label that looks like a pin and is
   * none; `unknown`: whether this release looks at it is not known.
   */
  readonly pin: 'pinned' | 'ignored' | 'mislabelled' | 'unpinned' | 'unknown';
  readonly use: NodeImage['use'];
  /** Whether kubelet may remove it for room, or why not. */
  readonly collection: ReturnType<typeof collectable>;
  readonly presence: Presence;
}

/** What is known of the images of a node. */
interface ListedFrom {
  /** Undefined where the node's images could not be listed. */
  readonly store: NodeImages | undefined;
  readonly keeping: Keeping;
  readonly presenceOf: (image: NodeImage, digest: string | undefined) => Presence;
}

/** What a node needs, and with `all` what else it has. */
export function listedImages(needed: readonly NeededImage[], from: ListedFrom, all: boolean): readonly ListedImage[] {
  const { store } = from;
  const ofNeeded = needed.map((image): ListedImage => {
    const at = store === undefined ? undefined : imageNamed(store, image.name);
    const found = at === undefined ? undefined : foundImage(at.image, at.as.digest, from);
    return {
      name: image.name,
      needed: image,
      content: store === undefined ? 'unknown' : at === undefined ? 'absent' : at.as.content,
      found,
    };
  });
  const others = all && store !== undefined ? unneededImages(needed, store) : [];
  return [...ofNeeded, ...others.map((image) => otherImage(image, from))].toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** Images that none of these names stands for. */
export function unneededImages(needed: readonly NeededImage[], { images }: NodeImages): readonly NodeImage[] {
  const names = new Set(needed.map(({ name }) => name));
  return images.filter((image) => !image.names.some(({ name }) => names.has(name)));
}

function otherImage(image: NodeImage, from: ListedFrom): ListedImage {
  const name = titleOf(image);
  const as = image.names.find((one) => one.name === name);
  const found = foundImage(image, as?.digest, from);
  return { name, needed: undefined, content: as?.content ?? 'unknown', found };
}

function foundImage(image: NodeImage, digest: string | undefined, { keeping, presenceOf }: ListedFrom): FoundImage {
  const { id, bytes, use } = image;
  return {
    digest,
    id,
    bytes,
    use,
    pin: pinOf(image, keeping),
    collection: collectable(image, keeping),
    presence: presenceOf(image, digest),
  };
}

const worth = { honoured: 'pinned', ignored: 'ignored', unknown: 'unknown' } as const;

function pinOf({ pins }: NodeImage, keeping: Keeping): FoundImage['pin'] {
  if (pins.some(isRightPin)) return worth[keeping.pins];
  return pins.length > 0 ? 'mislabelled' : 'unpinned';
}
