import type { ActionSpec } from '../../actions/action-kinds.ts';
import type { Plan } from '../plan.ts';
import type { NodeClaims } from './node-claims.ts';
import type { NodeFault } from './node-outcome.ts';
import type { PlacedAction } from './session.ts';

/** What is to be done on one node. */
export interface NodeWork {
  readonly node: string;
  readonly machineId: string;
  readonly actions: readonly PlacedAction<ActionSpec>[];
  /**
   * A run that was interrupted looks first how far it got; one that had already failed on this node only takes it back.
   * What it had finished is only looked at: an edit that somebody made since is not a reason to take the rest back.
   */
  readonly how: 'fresh' | 'resume' | 'finished' | 'restore';
  /**
   * Whether an earlier process of the run began here. Such a node is finished or undone whatever stop rule holds.
   */
  readonly touched: boolean;
  /** What the journal of this machine says was done here; the node's own records have to know it too. */
  readonly claims?: NodeClaims;
  /** Why the node is not done when all these actions are: its records report fewer than the plan has. */
  readonly incomplete?: Pick<NodeFault, 'code' | 'params'>;
}

/** The work of each node of a plan, in the plan's order. */
export function workOf(
  plan: Plan,
  state: (node: string) => Pick<NodeWork, 'how' | 'touched' | 'claims'>,
): ReadonlyMap<string, NodeWork> {
  const placed = plan.actions.map((action, order) => ({ action, order }));
  return new Map(
    plan.nodes.map(({ name, machineId }) => {
      const own = placed.filter(({ action }) => action.node === name);
      const actions = own.map((one) => ({ ...one, ofNode: own.length }));
      return [name, { node: name, machineId, actions, ...state(name) }];
    }),
  );
}
