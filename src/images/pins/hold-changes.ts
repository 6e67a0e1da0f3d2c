import type { Evidence, Observed } from '../../evidence/evidence.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import type { HoldingProgram } from './holding-program.ts';
import { holdOf, imageHold, nameOfHold, type ImageHold } from './image-hold.ts';

/** A DaemonSet that holds images, as it is in the cluster. */
export interface FoundHold {
  readonly hold: ImageHold;
  /** Without what only the server writes. */
  readonly object: JsonObject;
}

/** Of nodemend's own; one that has been edited since is nobody's to change, and not in it. */
export function foundHolds({ cluster }: Evidence): Observed<readonly FoundHold[]> {
  if (cluster.state !== 'seen') return cluster;
  const { imageHolds } = cluster.value;
  if (imageHolds === undefined) return { state: 'not-looked-at', enable: '--kubeconfig' };
  if (imageHolds.state !== 'seen') return imageHolds;
  const objects = imageHolds.value.map(parsed);
  if (objects.includes(undefined))
    return { state: 'unknown', reason: 'malformed', detail: 'a DaemonSet that holds images is not JSON' };
  const found = objects.flatMap((object): readonly FoundHold[] => {
    const hold = object === undefined ? undefined : holdOf(object);
    return object === undefined || hold === undefined ? [] : [{ hold, object }];
  });
  return { state: 'seen', value: found };
}

/** In a bundle there may be anything; what is JSON and not an object is not ours. */
function parsed(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

/** Images that pods hold on a node. */
export function heldOn(holds: readonly FoundHold[], node: string): readonly string[] {
  return holds.flatMap(({ hold }) => (hold.nodes.includes(node) ? hold.images : []));
}

/** What is to be held on a node beside what is, and what no longer. */
export interface HoldWish {
  readonly node: string;
  readonly add: readonly string[];
  readonly drop: readonly string[];
  /** Undefined where nothing is added. */
  readonly program: HoldingProgram | undefined;
}

/** One DaemonSet before and after. */
export interface HoldChange {
  readonly name: string;
  readonly from: JsonObject | 'absent';
  readonly to: JsonObject | 'absent';
  readonly images: readonly string[];
  /** Nodes that it gets, or that leave it. */
  readonly nodes: readonly string[];
}

/**
 * The fewest changes that fulfil the wishes: a node stays in each DaemonSet whose images it is all to keep. Those that
 * are made stand before those that go, so that an image that is still to be held is not let go.
 */
export function holdChanges(found: readonly FoundHold[], wishes: readonly HoldWish[]): readonly HoldChange[] {
  const wishOf = new Map(wishes.map((wish) => [wish.node, wish]));
  const after = new Map(
    found.map(({ hold }) => [nameOfHold(hold), { ...hold, nodes: hold.nodes.filter(stays(hold)) }]),
  );
  function stays({ images }: ImageHold): (node: string) => boolean {
    return (node) => !images.some((image) => wishOf.get(node)?.drop.includes(image));
  }
  for (const wish of wishes)
    for (const { images, program } of newlyHeld(found, [...after.values()], wish)) {
      const name = nameOfHold({ images, program });
      const nodes = new Set([...(after.get(name)?.nodes ?? []), wish.node]);
      after.set(name, { images, program, nodes: [...nodes].toSorted() });
    }
  const changes = [...after].flatMap(([name, hold]) => changeOf(name, hold, found));
  return changes.toSorted(
    (a, b) => Number(a.to === 'absent') - Number(b.to === 'absent') || (a.name < b.name ? -1 : 1),
  );
}

/** What a node leaves with a DaemonSet and is to keep, and what it is to have besides; by the program that holds it. */
function newlyHeld(
  found: readonly FoundHold[],
  after: readonly ImageHold[],
  { node, add, drop, program }: HoldWish,
): readonly Pick<ImageHold, 'images' | 'program'>[] {
  const kept = new Set(after.filter(({ nodes }) => nodes.includes(node)).flatMap(({ images }) => images));
  const left = found.filter(
    ({ hold }) => hold.nodes.includes(node) && hold.images.some((image) => drop.includes(image)),
  );
  const rests = left.map(({ hold }) => ({
    images: hold.images.filter((image) => !drop.includes(image) && !kept.has(image)),
    program: hold.program,
  }));
  const taken = new Set([...kept, ...rests.flatMap(({ images }) => images)]);
  const added = [...new Set(add)].filter((image) => !taken.has(image)).toSorted();
  return [...rests, ...(program === undefined ? [] : [{ images: added, program }])].filter(
    ({ images }) => images.length > 0,
  );
}

function changeOf(name: string, hold: ImageHold, found: readonly FoundHold[]): readonly HoldChange[] {
  const before = found.find((one) => nameOfHold(one.hold) === name);
  const [was, is] = [new Set(before?.hold.nodes), new Set(hold.nodes)];
  const nodes = [...was.symmetricDifference(is)].toSorted();
  if (nodes.length === 0) return [];
  const to = is.size === 0 ? 'absent' : imageHold(hold);
  return [{ name, from: before?.object ?? 'absent', to, images: hold.images, nodes }];
}
