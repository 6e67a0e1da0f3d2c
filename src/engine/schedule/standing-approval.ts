import type { Disruption } from '../../actions/action.ts';
import type { BatchSize } from '../rollout/batch-size.ts';

export const standingApprovalSchema = 'nodemend.dev/standing-approval/v1';

/**
 * What was approved once for plans that nobody will be there to read: a scheduled change is carried out when its plan
 * is within it, and otherwise changes nothing (docs/decisions/0016). Plain JSON, to be read by whoever finds it.
 */
export interface StandingApproval {
  readonly schema: typeof standingApprovalSchema;
  /** `kim@bastion`. */
  readonly approvedBy: string;
  /** RFC 3339. */
  readonly approvedAt: string;
  readonly target: ApprovedTarget;
  readonly problems: readonly string[];
  /** The file that nodes are made equal to; absent where the command takes none. */
  readonly source?: ApprovedSource;
  /** As it was typed. Nodes that join later and fit are within it. */
  readonly selection: ApprovedSelection;
  /** How many nodes one run may change, of all that were selected; those that could not be seen count as changed. */
  readonly cap: BatchSize;
  /**
   * The files of nodes that may be written, as `ProblemMeta.writes` has them. Absent in what was approved by 0.1.0
   * before there was such a list: then it is for those of the approved problems.
   */
  readonly paths?: readonly string[];
  /** Remedies that were named beside those that are safe by default. */
  readonly remedies: readonly string[];
  /** Disruptions that were named; none by default. */
  readonly allow: readonly Disruption[];
}

export interface ApprovedSource {
  /** Where it is read, absolute; for people. */
  readonly path: string;
  readonly sha256: string;
  /** Where it goes on the nodes, when that was said; else the problem's usual place. */
  readonly onNodes?: string;
}

export type ApprovedTarget =
  /** Bound to the UID of namespace kube-system; context and server are for people. */
  | { readonly kind: 'cluster'; readonly uid: string; readonly context: string; readonly server: string }
  /** SHA-256 of names and addresses of the hosts that were selected, hex. */
  | { readonly kind: 'hosts'; readonly sha256: string };

export interface ApprovedSelection {
  readonly nodes?: string;
  readonly nodeGroup?: string;
  readonly selector?: string;
}

/** Design section 1: 10 % of the nodes. */
export const defaultCap: BatchSize = { percent: 10 };

/** A share of a small cluster would not be a node at all. Design section 1: at least 3. */
const smallestShare = 3;

/** How many of `selected` nodes a cap means: a share is rounded down, and never below three; a number is itself. */
export function capOf(cap: BatchSize, selected: number): number {
  return 'nodes' in cap ? cap.nodes : Math.max(smallestShare, Math.floor((selected * cap.percent) / 100));
}
