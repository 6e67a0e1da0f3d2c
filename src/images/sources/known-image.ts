import { imageNamed, type ImageName, type NodeImages } from '../node-images.ts';

/** The images of a node, as far as they could be listed. */
export interface NodeStore {
  readonly node: string;
  readonly images: NodeImages;
}

/**
 * What a name has to stand for, by who has it: `disagreed` where nodes have different images under it, `none` where
 * nobody has one.
 */
export type KnownImage =
  | {
      readonly state: 'known';
      /** Digests of manifests and indexes under which the image was seen. */
      readonly digests: ReadonlySet<string>;
      /** Digest of its configuration; undefined where a digest alone is known. */
      readonly id: string | undefined;
    }
  | { readonly state: 'none' | 'disagreed' };

/**
 * By a digest in the name itself, else by the nodes of one platform that have it. A name of a tag is worth what nodes
 * agree on: of two that differ nobody knows which was moved.
 */
export function knownImage(name: string, platform: string, stores: readonly NodeStore[]): KnownImage {
  const alike = stores.map(({ images }) => images).filter((images) => images.platform === platform);
  const held = alike.map((images) => imageNamed(images, name)).filter((one) => one !== undefined);
  const ids = new Set(held.flatMap(({ image, as }) => (isUsable(as) && image.id !== undefined ? [image.id] : [])));
  const [id] = ids.size === 1 ? ids : [];
  const [, pinned] = /@(sha256:[0-9a-f]{64})$/u.exec(name) ?? [];
  if (pinned !== undefined) return { state: 'known', digests: new Set([pinned]), id };
  const named = new Set(held.flatMap(({ as }) => as.digest ?? []));
  if (id !== undefined) return ofImage(id, named, alike);
  if (ids.size > 1 || named.size > 1) return { state: 'disagreed' };
  return named.size === 0 ? { state: 'none' } : { state: 'known', digests: named, id };
}

function ofImage(id: string, named: ReadonlySet<string>, alike: readonly NodeImages[]): KnownImage {
  const digests = new Set(alike.flatMap((images) => digestsOf(images, id)));
  // A record that lost its content still says what it stood for.
  return named.isSubsetOf(digests) ? { state: 'known', digests, id } : { state: 'disagreed' };
}

function digestsOf({ images }: NodeImages, id: string): readonly string[] {
  return images.flatMap((image) =>
    image.id === id ? image.names.filter(isUsable).flatMap(({ digest }) => digest ?? []) : [],
  );
}

/** The runtime has read its manifest, so that its digests are those of what is there. */
function isUsable({ content }: Pick<ImageName, 'content'>): boolean {
  return content === 'whole' || content === 'without-layers';
}
