import { byCloseness, nearestName } from '../errors/did-you-mean.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { NodeImages } from './node-images.ts';
import { imagesOn } from './runtime-view.ts';

/**
 * The name that was probably meant, of those with a tag: the last part of the repository decides (`pause`), since two
 * references to one registry have most of their letters in common; of several with that part the closest.
 */
export function nearImage(typed: string, names: Iterable<string>): string | undefined {
  const tagged = [...names].filter((name) => name !== typed && !name.includes('@') && !name.startsWith('sha256:'));
  const meant = nearestName(lastPart(typed), [...new Set(tagged.map(lastPart))]);
  // Of two slips in a short word another image could come (`none`, `node`): then all of it has to be near.
  const alike = tagged.filter((name) => lastPart(name) === meant);
  return meant === lastPart(typed) ? byCloseness(typed, alike)[0] : nearestName(typed, alike);
}

function lastPart(name: string): string {
  return /(?<part>[^/:@]+)(?::[^/@]*)?(?:@.*)?$/u.exec(name)?.groups?.['part'] ?? name;
}

/** Names of a runtime's images. */
export function namesIn({ images }: NodeImages): readonly string[] {
  return images.flatMap(({ names }) => names.map(({ name }) => name));
}

/** A near name, and a node that has an image of it. */
export interface NearImage {
  readonly suggestion: string;
  readonly node: string;
}

/** Hundreds of nodes are refused for one slip of the fingers. */
const known = new WeakMap<Evidence, Map<string, NearImage | undefined>>();

/** Among all that the nodes have whose images could be listed. */
export function nearImageOf(evidence: Evidence, typed: string): NearImage | undefined {
  const asked = known.get(evidence) ?? new Map<string, NearImage | undefined>();
  known.set(evidence, asked);
  if (!asked.has(typed)) asked.set(typed, search(evidence, typed));
  return asked.get(typed);
}

function search(evidence: Evidence, typed: string): NearImage | undefined {
  const nodeOf = new Map<string, string>();
  for (const node of evidence.nodes) {
    const store = imagesOn(node);
    if (store.state !== 'seen') continue;
    for (const name of namesIn(store.value)) if (!nodeOf.has(name)) nodeOf.set(name, node.name);
  }
  // A name that some node has is none that was mistyped.
  const suggestion = nodeOf.has(typed) ? undefined : nearImage(typed, nodeOf.keys());
  const node = suggestion === undefined ? undefined : nodeOf.get(suggestion);
  return suggestion === undefined || node === undefined ? undefined : { suggestion, node };
}
