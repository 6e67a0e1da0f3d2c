import type { NodeEvidence } from '../evidence/evidence.ts';
import { storedName } from './needed-images.ts';
import { imageNamed } from './node-images.ts';
import { imagesOn } from './runtime-view.ts';

/** What a fact of a finding is called: the nodes, for JSON, and how many they are, for people. */
interface FactNames {
  readonly nodes: string;
  readonly count: string;
}

/** What is known of a node and some images. */
interface HolderFacts {
  /** It has all of them, until kubelet makes room or somebody removes one. */
  readonly held: FactNames;
  /** It lacks one, so that a pod that is started there has to pull. */
  readonly lacked: FactNames;
  /** Its images could not be listed. */
  readonly unknown: FactNames;
}

/** Nodes by what their runtimes keep of these images, as facts of these names. A node that was not asked is in none. */
export function holdersOf(
  references: readonly { readonly image: string }[],
  nodes: readonly NodeEvidence[],
  names: HolderFacts,
): Readonly<Record<string, readonly string[] | number>> {
  const images = new Set(references.flatMap(({ image }) => storedName(image) ?? []));
  const byState = Map.groupBy(nodes, (node) => stateOf(node, images));
  const lists = (['held', 'lacked', 'unknown'] as const).flatMap((state) => {
    const ones = byState.get(state);
    if (ones === undefined) return [];
    const { nodes: list, count } = names[state];
    return [[list, ones.map(({ name }) => name)] as const, [count, ones.length] as const];
  });
  return Object.fromEntries(lists);
}

function stateOf(node: NodeEvidence, names: ReadonlySet<string>): keyof HolderFacts | 'unasked' {
  const store = imagesOn(node);
  if (store.state === 'not-looked-at') return 'unasked';
  if (store.state === 'unknown') return 'unknown';
  const isWhole = (name: string): boolean => {
    const content = imageNamed(store.value, name)?.as.content;
    return content === 'whole' || content === 'without-layers';
  };
  return [...names].every(isWhole) ? 'held' : 'lacked';
}
