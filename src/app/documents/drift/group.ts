import type { DriftState, NodeDrift } from '../../../problems/kit/synchronise.ts';

/** Nodes whose file stands to the reference in the same way, with the same bytes. */
export interface DriftGroup {
  readonly state: DriftState;
  /** Never empty; the first stands for all. */
  readonly nodes: readonly NodeDrift[];
  readonly first: NodeDrift;
}

/** What has to be done first; what is as it should be comes last. */
const order: readonly DriftState[] = [
  'not-in-force',
  'other-meaning',
  'other-bytes',
  'missing',
  'unexpected',
  'extra',
  'undecided',
  'same',
  'not-expected',
  'unknown',
];

/** Groups by urgency, then by how many nodes they have. */
export function groupDrift(nodes: readonly NodeDrift[]): readonly DriftGroup[] {
  const groups = Map.groupBy(nodes, ({ state, file, finding }) =>
    JSON.stringify([state, hashOf(file), isFine(state) ? '' : finding.text]),
  );
  return [...groups.values()]
    .flatMap((group): readonly DriftGroup[] => {
      const [first] = group;
      return first ? [{ state: first.state, nodes: group, first }] : [];
    })
    .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.nodes.length - a.nodes.length);
}

function isFine(state: DriftState): boolean {
  return state === 'same' || state === 'not-expected';
}

export function hashOf(file: NodeDrift['file']): string | undefined {
  return file === undefined || file === 'absent' ? undefined : file.sha256;
}
