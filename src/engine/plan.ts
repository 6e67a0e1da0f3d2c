import type { ActionSpec } from '../actions/action-kinds.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import type { TextParams } from '../locales/translator.ts';

export const planSchema = 'nodemend.dev/plan/v1';

/**
 * Ordered actions, what they were made from, and how each is undone: the only thing that `apply` carries out. The same
 * evidence gives the same plan to the byte, except for `madeAt`, which is outside the hash.
 */
export interface Plan {
  readonly schema: typeof planSchema;
  /**
   * SHA-256 of the plan's canonical JSON without `hash`, `madeAt`, `signature` and the prior contents of files (bound by their own
   * SHA-256), hex. A plan edited by hand is refused.
   */
  readonly hash: string;
  /** When its evidence was collected, RFC 3339. */
  readonly madeAt: string;
  readonly target: PlanTarget;
  /** The nodes it changes, as they were: names and addresses are reused, so a plan is bound to what is not. */
  readonly nodes: readonly PlanNode[];
  readonly problems: readonly string[];
  readonly actions: readonly ActionSpec[];
  /** Changes of objects of the API, carried out behind those of nodes, in this order; absent where there are none. */
  readonly clusterActions?: readonly ClusterActionSpec[];
  /** Findings with a remedy for which no safe action could be planned. */
  readonly refused: readonly {
    readonly problem: string;
    readonly fingerprint: string;
    /** Empty where it is about no node. */
    readonly node: string;
    /** What it is about instead: `team/web`. */
    readonly object?: string;
    readonly key: string;
    readonly params: TextParams;
    /** A warning whose remedy was not named: the plan is whole without it. */
    readonly optional?: true;
  }[];
  /**
   * Of the machine that made it, outside the hash: which key, and base64 of what it signed (plan-signature.ts). Absent
   * in plans of nodemend 0.1, and where the maker had no place for a key.
   */
  readonly signature?: { readonly key: string; readonly value: string };
}

export type PlanTarget =
  /** Bound to the UID of namespace kube-system. */
  | { readonly kind: 'cluster'; readonly uid: string; readonly context: string; readonly server: string }
  /** No API server: bound to each host's key, machine id and boot id, locked on each node. */
  | { readonly kind: 'hosts' };

export interface PlanNode {
  readonly name: string;
  readonly group?: string;
  /** UID of the Node object; absent with a hosts file. */
  readonly uid?: string;
  readonly machineId: string;
  readonly bootId: string;
  /** `SHA256:…`; absent for `local` and `pod`. */
  readonly hostKey?: string;
}
