import type { ActionSpec } from '../../actions/action.ts';
import type { Plan } from '../plan.ts';
import type { PlacedAction } from './session.ts';

/** What is to be done on one node. */
export interface NodeWork {
  readonly node: string;
  readonly machineId: string;
  readonly actions: readonly PlacedAction<ActionSpec>[];
  /**
   * A run that was interrupted looks first how far it got; one that had already failed on this node only takes it back.
   */
  readonly how: 'fresh' | 'resume' | 'restore';
  /**
   * Whether an earlier process of the run began here. Such a node is finished or taken back whatever stop rule holds.
   */
  readonly touched: boolean;
}

/** The work of each node of a plan, in the plan's order. */
export function workOf(
  plan: Plan,
  state: (node: string) => Pick<NodeWork, 'how' | 'touched'>,
): ReadonlyMap<string, NodeWork> {
  const placed = plan.actions.map((action, order) => ({ action, order }));
  return new Map(
    plan.nodes.map(({ name, machineId }) => [
      name,
      { node: name, machineId, actions: placed.filter(({ action }) => action.node === name), ...state(name) },
    ]),
  );
}
