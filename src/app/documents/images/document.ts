import { listedImages, unneededImages, type FoundImage, type ListedImage } from '../../../images/listed-images.ts';
import { neededByNode } from '../../../images/needed-images.ts';
import { presenceOn } from '../../../images/presence.ts';
import type { NodeView } from '../../../images/node-view.ts';
import type { ReplacedTag } from '../../../images/replaced-tags.ts';
import type { ImageListing } from '../../images/list-images.ts';
import type { ImagesDocument } from './schema.ts';

export type ListedNode = ImagesDocument['nodes'][number];
export type ListedEntry = ListedNode['images'][number];
type FoundEntry = NonNullable<ListedEntry['found']>;

/** @param all also what nodes have and nothing here needs */
export function imagesDocument(listing: ImageListing, all: boolean): ImagesDocument {
  const { evidence, views } = listing;
  const { cluster, collectedAt, collector } = evidence;
  const nodes = views.map((view) => nodeEntry(view, listing, all));
  const seen = cluster.state === 'seen' ? cluster.value : undefined;
  return {
    schema: 'nodemend.dev/images/v1',
    collectedAt,
    nodemend: collector.version,
    cluster:
      seen === undefined
        ? null
        : { uid: seen.uid.state === 'seen' ? seen.uid.value : null, context: seen.context, server: seen.server },
    exitCode: exitOf(nodes, listing),
    pods: neededByNode(evidence).state,
    nodes,
  };
}

/** What is known of the tags of one node. */
interface Tags {
  readonly moved: ReadonlySet<string>;
  readonly replaced: ReadonlyMap<string, ReplacedTag>;
}

function nodeEntry(view: NodeView, { moved, replaced }: ImageListing, all: boolean): ListedNode {
  const { node, store, needed, keeping } = view;
  const own = store.state === 'seen' ? store.value : undefined;
  const tags: Tags = {
    moved: new Set(moved.get(node.name)),
    replaced: new Map(replaced.get(node.name)?.map((one) => [one.name, one])),
  };
  return {
    name: node.name,
    ...(node.group === undefined ? {} : { group: node.group }),
    state: store.state,
    ...(store.state === 'unknown' ? { reason: store.reason, detail: store.detail } : {}),
    ...(own === undefined ? {} : { runtime: own.runtime, platform: own.platform ?? null }),
    pins: keeping.pins,
    sandbox: sandboxEntry(view),
    images: listedImages(needed, { store: own, keeping, presenceOf: presenceOn(node, own?.runtime) }, all).map((one) =>
      imageEntry(one, tags),
    ),
    ...(own === undefined ? {} : othersEntry(view, own)),
  };
}

function sandboxEntry({ sandbox }: NodeView): ListedNode['sandbox'] {
  if (sandbox.state === 'known') return { image: sandbox.name, from: sandbox.from };
  const { why, candidates } = sandbox;
  return {
    image: null,
    why,
    ...(candidates && { candidates: candidates.map(({ name, from, isInUse }) => ({ image: name, from, isInUse })) }),
  };
}

type Store = Extract<NodeView['store'], { readonly state: 'seen' }>['value'];

function othersEntry({ needed }: NodeView, store: Store): Pick<ListedNode, 'others' | 'odd' | 'downloads'> {
  const others = unneededImages(needed, store);
  return {
    others: { images: others.length, bytes: others.reduce((sum, { bytes = 0 }) => sum + bytes, 0) },
    odd: store.odd,
    downloads: store.downloads.map(({ what, bytes }) => ({ what, bytes })),
  };
}

function imageEntry({ name, needed, content, found }: ListedImage, { moved, replaced }: Tags): ListedEntry {
  const other = replaced.get(name);
  return {
    name,
    neededBy: (needed?.wanted ?? []).map(({ by, name: who }) => ({ by, name: who })),
    ...(needed === undefined ? {} : { alwaysPulled: needed.isAlwaysPulled }),
    content,
    ...(found === undefined ? {} : { found: foundEntry(found) }),
    ...(moved.has(name) ? { tagMoved: true as const } : {}),
    ...(other === undefined ? {} : { tagReplaced: { state: other.state, running: other.imageID } }),
  };
}

function foundEntry({ digest, id, bytes, pin, use, collection, presence }: FoundImage): FoundEntry {
  return {
    digest: digest ?? null,
    id: id ?? null,
    bytes: bytes ?? null,
    pin,
    use,
    collection,
    since: presence.since ?? null,
    unpacked: presence.unpacked ?? null,
    lastUsed: null,
  };
}

/** Contents that a pod cannot be started from. */
const lacking: ReadonlySet<ListedEntry['content']> = new Set(['absent', 'half', 'other-platform']);

/** Whether a node needs it and does not have it, for all that was seen. */
export function isLacking({ content, neededBy }: ListedEntry): boolean {
  return neededBy.length > 0 && lacking.has(content);
}

function exitOf(nodes: readonly ListedNode[], { unknown }: ImageListing): ImagesDocument['exitCode'] {
  if (nodes.some(({ images }) => images.some(isLacking))) return 3;
  const isUnknown = nodes.some(
    ({ state, images }) =>
      state !== 'seen' || images.some(({ content, neededBy }) => content === 'unknown' && neededBy.length > 0),
  );
  return isUnknown || unknown.length > 0 ? 5 : 0;
}
