import type { Evidence, Observed } from '../../evidence/evidence.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { holdsIn, type FoundHold } from './edited-holds.ts';
import { withHarmless } from './harmless-edits.ts';
import type { HoldingProgram } from './holding-program.ts';
import { copiesOf, imageHold, nameOfHold, type ImageHold } from './image-hold.ts';

/** Of nodemend's own; one that has been edited since is nobody's to change, and not in it. */
export function foundHolds(evidence: Evidence): Observed<readonly FoundHold[]> {
  const holds = holdsIn(evidence);
  return holds.state === 'seen' ? { state: 'seen', value: holds.value.found } : holds;
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
 * @param taken names of DaemonSets that are not to be touched: the same images are held by a copy beside
 */
export function holdChanges(
  found: readonly FoundHold[],
  wishes: readonly HoldWish[],
  taken: ReadonlySet<string> = new Set(),
): readonly HoldChange[] {
  const wishOf = new Map(wishes.map((wish) => [wish.node, wish]));
  const after = new Map(
    found.map(({ hold }) => [nameOfHold(hold), { ...hold, nodes: hold.nodes.filter(stays(hold)) }]),
  );
  function stays({ images }: ImageHold): (node: string) => boolean {
    return (node) => !images.some((image) => wishOf.get(node)?.drop.includes(image));
  }
  for (const wish of wishes)
    for (const { images, program } of newlyHeld(found, [...after.values()], wish)) {
      const copies = copiesOf({ images, program, nodes: [] });
      const free =
        copies.find((one) => after.has(nameOfHold(one))) ?? copies.find((one) => !taken.has(nameOfHold(one)));
      if (free === undefined) continue;
      const name = nameOfHold(free);
      const nodes = new Set([...(after.get(name)?.nodes ?? []), wish.node]);
      after.set(name, { ...free, nodes: [...nodes].toSorted() });
    }
  const changes = [...after].flatMap(([name, hold]) => changeOf(name, hold, found));
  return changes.toSorted(
    (a, b) => Number(a.to === 'absent') - Number(b.to === 'absent') || (a.name < b.name ? -1 : 1),
  );
}

/** Whether there is a name for what is to be held: of each that a hold can have, somebody may have edited one by now. */
export function canBeNamed(found: readonly FoundHold[], wish: HoldWish, taken: ReadonlySet<string>): boolean {
  const holds = found.map(({ hold }) => hold);
  const own = new Set(holds.map(nameOfHold));
  return newlyHeld(found, holds, wish).every(({ images, program }) =>
    copiesOf({ images, program, nodes: [] })
      .map(nameOfHold)
      .some((name) => own.has(name) || !taken.has(name)),
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
  const made = imageHold(hold);
  const to = is.size === 0 ? 'absent' : before === undefined ? made : withHarmless(made, before.object);
  return [{ name, from: before?.object ?? 'absent', to, images: hold.images, nodes }];
}
