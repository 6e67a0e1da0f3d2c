import { nodeKinds } from '../../actions/action-kinds.ts';
import type { NodeMemory } from '../../actions/node-state/node-records.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { JournalEntry } from '../journal/entry.ts';

/** What a journal says that a run did on one node, and did not undo. A claim: the node's own records decide. */
export interface NodeClaims {
  /** Ids of the actions that took force. */
  readonly made: ReadonlySet<string>;
  /** Whether anything of the run was put onto the node, so that its folder has to be there. */
  readonly begun: boolean;
}

/** The steps after which a change is in force (`commits`), and those before them, which leave a record. */
const committingSteps = new Set(nodeKinds.flatMap(({ steps }) => steps.committing));
const recordingSteps = new Set(nodeKinds.flatMap(({ steps }) => steps.recording));

/** What a run's journal claims of its nodes. Pure. */
export function nodeClaims(entries: readonly JournalEntry[]): ReadonlyMap<string, NodeClaims> {
  const claims = new Map<string, Claim>();
  const claimOf = (node: string): Claim => {
    const claim = claims.get(node) ?? { made: new Set<string>(), begun: false };
    claims.set(node, claim);
    return claim;
  };
  for (const entry of entries) {
    if (entry.entry === 'node') noteOutcome(claimOf(entry.outcome.node), entry.outcome.left);
    if (entry.entry === 'after' && entry.node !== undefined && entry.action !== undefined)
      noteStep(claimOf(entry.node), { ...entry, action: entry.action });
  }
  return claims;
}

interface Claim {
  readonly made: Set<string>;
  begun: boolean;
}

/** A process that found a change in force, and did not make it, knows of it anyway. */
function noteOutcome(claim: Claim, left: 'changed' | 'as-before' | 'unknown'): void {
  if (left === 'changed') claim.begun = true;
  if (left !== 'as-before') return;
  claim.made.clear();
  claim.begun = false;
}

interface EndedStep {
  readonly step: string;
  readonly action: string;
  readonly outcome: string;
}

function noteStep(claim: Claim, { step, action, outcome }: EndedStep): void {
  const isDone = outcome === 'done';
  if (isDone && (recordingSteps.has(step) || committingSteps.has(step))) claim.begun = true;
  if (isDone && committingSteps.has(step)) claim.made.add(action);
  if (step === 'undo' && (isDone || outcome === 'already')) claim.made.delete(action);
}

/**
 * Says no for a node that does not know what the journal says was done there: its folder was removed, its disk went
 * back in time, or it is another machine by now. Nobody knows how it is.
 * @throws NodemendError NODE_RECORD_MISSING
 */
export function requireRecords(
  { node, run }: { readonly node: string; readonly run: string },
  claims: NodeClaims | undefined,
  { records, hasFolder, wasPruned, machineId }: NodeMemory,
): void {
  if (!claims || wasPruned) return;
  const known = new Set(records.map(({ record }) => record.action.id));
  const missing = [...claims.made].filter((id) => !known.has(id));
  if (missing.length === 0 && (hasFolder || !claims.begun)) return;
  throw new NodemendError('NODE_RECORD_MISSING', {
    node,
    run,
    what: missing.map((id) => id.split(':').slice(2).join(':')).join(', ') || '-',
    machine: machineId || '-',
  });
}
