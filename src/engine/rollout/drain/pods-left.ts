import type { PodLeft, RunEvent } from '../../run.ts';

/** So many are named; a node may have hundreds. */
const named = 5;

/** Tells which pods a drain still waits for, whenever that is something else than it was a round before. */
export function tellPodsLeft(emit: (event: RunEvent) => void, node: string): (left: readonly PodLeft[]) => void {
  let told = '';
  return (left) => {
    const pods = left.slice(0, named);
    const now = JSON.stringify([left.length, pods]);
    if (now === told) return;
    told = now;
    emit({ event: 'pods-left', node, count: left.length, pods });
  };
}
