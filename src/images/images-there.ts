import type { Evidence } from '../evidence/evidence.ts';
import { neededByNode } from './needed-images.ts';
import { imageNamed, type Content } from './node-images.ts';
import { nodeView } from './node-view.ts';

/** A name that stands for one and the same image on these nodes, which have it so that a pod can start from it. */
export interface ImageThere {
  readonly name: string;
  /** Undefined where the runtime has none: Docker, of what it was given as an archive. */
  readonly digest: string | undefined;
  readonly nodes: readonly string[];
}

const usable: ReadonlySet<Content> = new Set(['whole', 'without-layers']);

/** @param names without them, what each node needs */
export function imagesThere(evidence: Evidence, names?: ReadonlySet<string>): readonly ImageThere[] {
  const needed = neededByNode(evidence);
  const found = evidence.nodes.flatMap((node) => {
    const view = nodeView(node, evidence, needed);
    const { store } = view;
    if (store.state !== 'seen') return [];
    return [...(names ?? new Set(view.needed.map(({ name }) => name)))].flatMap((name) => {
      const as = imageNamed(store.value, name)?.as;
      return as !== undefined && usable.has(as.content) ? [{ name, digest: as.digest, node: node.name }] : [];
    });
  });
  return [...Map.groupBy(found, ({ name, digest }) => `${name} ${digest}`)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => {
      const [first] = group;
      return first ? [{ name: first.name, digest: first.digest, nodes: group.map(({ node }) => node) }] : [];
    });
}
