import type { NodeEvidence } from '../evidence/evidence.ts';
import { storedName } from './needed-images.ts';
import { imageNamed } from './node-images.ts';
import { runtimeView } from './runtime-view.ts';

const states = ['heldBy', 'lackedBy', 'heldUnknown'] as const;

/**
 * Nodes by what their runtimes keep of these images. `heldBy`: all of them, until kubelet makes room or somebody removes
 * one; `lackedBy`: not all, so that a pod that is started there has to pull; `heldUnknown`: their images could not be
 * listed. A node that was not asked is in none of the lists; one without nodes is absent.
 */
export function holdersOf(
  references: readonly { readonly image: string }[],
  nodes: readonly NodeEvidence[],
): Readonly<Record<string, readonly string[]>> {
  const names = new Set(references.flatMap(({ image }) => storedName(image) ?? []));
  const byState = Map.groupBy(nodes, (node) => stateOf(node, names));
  const lists = states.flatMap((state) => {
    const ones = byState.get(state);
    return ones === undefined ? [] : [[state, ones.map(({ name }) => name)] as const];
  });
  return Object.fromEntries(lists);
}

function stateOf(node: NodeEvidence, names: ReadonlySet<string>): (typeof states)[number] | 'unasked' {
  const { store } = runtimeView(node, undefined);
  if (store.state === 'not-looked-at') return 'unasked';
  if (store.state === 'unknown') return 'heldUnknown';
  const isWhole = (name: string): boolean => {
    const content = imageNamed(store.value, name)?.as.content;
    return content === 'whole' || content === 'without-layers';
  };
  return [...names].every(isWhole) ? 'heldBy' : 'lackedBy';
}
