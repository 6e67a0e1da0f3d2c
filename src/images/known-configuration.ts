import type { NodeEvidence } from '../evidence/evidence.ts';
import { readFact } from '../problems/kit/read-fact.ts';
import { containerdRegistries } from '../runtimes/containerd/registries.ts';

/** Whether containerd runs with the configuration that was read, as far as can be told. */
export function isConfigurationKnown(node: NodeEvidence): boolean {
  const facts = readFact(node, containerdRegistries);
  if (facts.state !== 'seen' || facts.value === 'no-containerd') return false;
  const { closed, refused, isChangedSinceStart } = facts.value;
  return closed === undefined && refused === undefined && !isChangedSinceStart;
}
