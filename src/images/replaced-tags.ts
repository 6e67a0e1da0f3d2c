import type { Evidence } from '../evidence/evidence.ts';
import type { ImageUse } from '../evidence/pod-facts.ts';
import { allPods, storedName } from './needed-images.ts';
import { imageNamed, type NodeImage, type NodeImages } from './node-images.ts';
import type { NodeView } from './node-view.ts';

/** A name with a tag, and that containers of the node were started by it when it stood for another image. */
export interface ReplacedTag {
  readonly name: string;
  /** What they run, as kubelet says it. */
  readonly imageID: string;
  /** `unknown`: whether it is another one could not be told. */
  readonly state: 'other' | 'unknown';
}

/** By the node. */
export type ReplacedTags = ReadonlyMap<string, readonly ReplacedTag[]>;

interface Running {
  readonly use: ImageUse;
  readonly name: string;
  readonly imageID: string;
}

/** Of what nodes need: tags that stand for another image there than the one that containers run which were started by them. */
export function replacedTags(views: readonly NodeView[], evidence: Evidence): ReplacedTags {
  const running = runningByNode(evidence);
  const idOf = idsByDigest(views);
  return new Map(
    views.flatMap((view): readonly (readonly [string, readonly ReplacedTag[]])[] => {
      const own = running.get(view.node.name);
      return own === undefined || view.store.state !== 'seen'
        ? []
        : [[view.node.name, replacedOn(view, view.store.value, { running: own, idOf })]];
    }),
  );
}

function runningByNode(evidence: Evidence): ReadonlyMap<string, readonly Running[]> {
  const pods = allPods(evidence);
  const uses = pods.state === 'seen' ? pods.value.uses : [];
  const byNode = Map.groupBy(uses.flatMap(runningOf), ({ node }) => node);
  return new Map([...byNode].map(([node, ones]) => [node, ones.map(({ running }) => running)]));
}

function runningOf(use: ImageUse): readonly { readonly node: string; readonly running: Running }[] {
  const name = storedName(use.image);
  // What is asked for by its digest cannot be moved.
  if (name === undefined || name.includes('@')) return [];
  return (use.running ?? []).flatMap(({ imageID, nodes = use.nodes ?? [] }) => {
    const running = { use, name, imageID };
    return nodes.map((node) => ({ node, running }));
  });
}

interface RunningThere {
  readonly running: readonly Running[];
  readonly idOf: (digest: string) => string | undefined;
}

function replacedOn({ needed }: NodeView, store: NodeImages, { running, idOf }: RunningThere): readonly ReplacedTag[] {
  const names = new Set(needed.map(({ name }) => name));
  const groups = Map.groupBy(
    running.filter(({ name }) => names.has(name)),
    ({ use: { namespace, owner, container }, name }) => JSON.stringify([namespace, owner.kind, container, name]),
  );
  const found = [...groups.values()].flatMap((group): readonly ReplacedTag[] => {
    const states = group.map(({ name, imageID }) => ({
      name,
      imageID,
      state: stateOf(store, name, { imageID, idOf }),
    }));
    // Where one of the same pods has the new one already they are being replaced, and a rollout goes on until all have it.
    if (states.some(({ state }) => state === 'same')) return [];
    return states.flatMap(({ name, imageID, state }) =>
      state === 'other' || state === 'unknown' ? [{ name, imageID, state }] : [],
    );
  });
  const byName = Map.groupBy(found, ({ name }) => name);
  return [...byName.values()]
    .flatMap((all) => all.find(({ state }) => state === 'other') ?? all[0] ?? [])
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

interface RunningImage {
  readonly imageID: string;
  readonly idOf: RunningThere['idOf'];
}

/** Of a name that is not there nothing is said: it is missing. */
function stateOf(
  store: NodeImages,
  name: string,
  { imageID, idOf }: RunningImage,
): ReplacedTag['state'] | 'same' | 'gone' {
  const now = imageNamed(store, name)?.image;
  if (now === undefined) return 'gone';
  const digest = digestPattern.exec(imageID)?.[1];
  if (digest !== undefined && isKnownBy(now, digest)) return 'same';
  return compared(now.id, digest === undefined ? idPattern.exec(imageID)?.[1] : idOf(digest));
}

function compared(id: string | undefined, other: string | undefined): 'same' | ReplacedTag['state'] {
  if (id === undefined || other === undefined) return 'unknown';
  return id === other ? 'same' : 'other';
}

/** One image may be known by an index, by its manifest and by its configuration: any that it has here will do. */
function isKnownBy({ names }: NodeImage, digest: string): boolean {
  return names.some((one) => one.digest === digest || one.name.endsWith(`@${digest}`));
}

/**
 * What kubelet says where the image has no digest of a registry: its id, the digest of its configuration (containerd: `sha256:…`,
 * dockershim and cri-dockerd: `docker://sha256:…`).
 */
const idPattern = /^(?:docker:\/\/)?(sha256:[0-9a-f]{64})$/;
/** Else the digest that it was pulled by, of a manifest or of an index (containerd, and Docker behind `docker-pullable://`). */
const digestPattern = /@(sha256:[0-9a-f]{64})$/;

/** Of all nodes that were seen: what was removed from one may be on another. */
function idsByDigest(views: readonly NodeView[]): RunningThere['idOf'] {
  let known: ReadonlyMap<string, string> | undefined;
  return (digest) =>
    (known ??= new Map(views.flatMap(({ store }) => (store.state === 'seen' ? digestsIn(store.value) : [])))).get(
      digest,
    );
}

function digestsIn({ images }: NodeImages): readonly (readonly [string, string])[] {
  return images.flatMap(({ id, names }) =>
    id === undefined
      ? []
      : names.flatMap(({ name, digest }) => {
          const [, own] = digestPattern.exec(name) ?? [];
          return [...new Set([digest, own])].flatMap((one) => (one === undefined ? [] : [[one, id] as const]));
        }),
  );
}
