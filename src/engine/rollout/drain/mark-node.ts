import { fieldManager } from '../../../actions/ownership.ts';
import { isNodemendError } from '../../../errors/nodemend-error.ts';
import type { Json, JsonObject, KubernetesApi } from '../../../kubernetes/api.ts';
import { apiPath } from '../../../kubernetes/api-path.ts';
import { object, text } from '../../../kubernetes/json-fields.ts';
import type { Timing } from '../../../kubernetes/timing.ts';
import { markPatch, otherToolsSign, readMarks, unmarkPatch, type LeftMark, type NodeMarks } from './node-marks.ts';

export interface NodeInHand {
  readonly api: KubernetesApi;
  readonly timing: Timing;
  readonly name: string;
  /** Names are used again; undefined where the run is known from the nodes' records alone, which do not say it. */
  readonly uid: string | undefined;
  readonly run: string;
}

/** Why a node could not be taken out of service, or put back. */
export type MarkFault =
  /** No longer a node of the cluster: scaled in, or removed by hand. */
  | { readonly why: 'gone' }
  /** Another machine has its name now. */
  | { readonly why: 'replaced' }
  /** Another run took it out of service and has not put it back. */
  | { readonly why: 'other-run'; readonly run: string }
  /** Somebody changed what was written down there. */
  | { readonly why: 'unreadable' }
  /** Somebody writes it each time between our reading and writing. */
  | { readonly why: 'contended' };

/** The node as it is now, or why it is not ours to write. */
type Found = { readonly node: JsonObject; readonly marks: NodeMarks | undefined } | { readonly fault: MarkFault };

/**
 * Takes a node out of service: cordon, load balancers, scale-in. Asked again by the same run it finds what it wrote,
 * with what had been before.
 *
 * @throws NodemendError API_…
 */
export async function markNode(
  hand: NodeInHand,
  wanted: Omit<NodeMarks, 'before' | 'run'>,
): Promise<{ readonly marks: NodeMarks } | { readonly fault: MarkFault }> {
  return untilWritten(hand, async ({ node, marks }) => {
    if (marks) return { marks };
    const written = await write(hand, markPatch(node, { ...wanted, run: hand.run }));
    const now = readMarks(written);
    return typeof now === 'object' ? { marks: now } : { fault: { why: 'unreadable' } };
  });
}

/**
 * The marks of the run on the node, if it has any. @throws NodemendError API_…
 */
export async function readOwnMarks(
  hand: NodeInHand,
): Promise<{ readonly marks: NodeMarks | undefined; readonly cordoned: boolean } | { readonly fault: MarkFault }> {
  const found = await find(hand);
  if ('fault' in found) return found;
  return { marks: found.marks, cordoned: object(found.node['spec'])['unschedulable'] === true };
}

/** What became of the marks of a node: `left` is somebody else's by now, and stays. */
export interface Unmarked {
  readonly unmarked: boolean;
  readonly left: readonly LeftMark[];
  /** Whose sign is on the node, if it is kept out of service by another tool. */
  readonly claimedBy?: string;
}

/**
 * Puts a node back as it was before the run's marks. One without marks of the run is left alone.
 *
 * @param claim another tool's object that keeps the node out of service (a NodeMaintenance), if there is one
 * @throws NodemendError API_…
 */
export async function unmarkNode(
  hand: NodeInHand,
  claim: string | undefined,
): Promise<Unmarked | { readonly fault: MarkFault }> {
  return untilWritten<Unmarked>(hand, async ({ node, marks }) => {
    if (!marks) return { unmarked: false, left: [] };
    const claimedBy = claim ?? otherToolsSign(node);
    const { patch, left } = unmarkPatch(node, marks, claimedBy !== undefined);
    await write(hand, patch);
    return { unmarked: true, left, ...(claimedBy === undefined ? {} : { claimedBy }) };
  });
}

/** A kubelet writes its node every few seconds at most; one that loses ten races is up against something else. */
const mostTries = 10;
const pauseMs = 200;

/**
 * Reads the node and writes it, again from the start when somebody wrote it in between, or when an answer was lost: then
 * it shows whether the write arrived.
 */
async function untilWritten<Answer>(
  hand: NodeInHand,
  attempt: (found: Exclude<Found, { readonly fault: MarkFault }>) => Promise<Answer | { readonly fault: MarkFault }>,
): Promise<Answer | { readonly fault: MarkFault }> {
  for (let tries = 1; tries <= mostTries; tries++) {
    const found = await find(hand);
    if ('fault' in found) return found;
    try {
      return await attempt(found);
    } catch (error) {
      if (!isNodemendError(error) || !(error.retryable || raced.has(error.code))) throw error;
      if (tries === mostTries && !raced.has(error.code)) throw error;
    }
    await hand.timing.sleep(pauseMs * tries);
  }
  return { fault: { why: 'contended' } };
}

/** The next reading says which it was. */
const raced: ReadonlySet<string> = new Set(['API_CONFLICT', 'API_NOT_FOUND']);

async function find({ api, name, uid, run }: NodeInHand): Promise<Found> {
  let node: JsonObject;
  try {
    node = await api.get(pathOf(name), (raw) => raw);
  } catch (error) {
    if (isNodemendError(error) && error.code === 'API_NOT_FOUND') return { fault: { why: 'gone' } };
    throw error;
  }
  if (uid !== undefined && text(object(node['metadata'])['uid']) !== uid) return { fault: { why: 'replaced' } };
  const marks = readMarks(node);
  if (marks === 'unreadable') return { fault: { why: 'unreadable' } };
  if (marks && marks.run !== run) return { fault: { why: 'other-run', run: marks.run } };
  return { node, marks };
}

/** A merge of the fields that are ours, for the version that was read. @throws NodemendError API_CONFLICT */
function write({ api, name }: NodeInHand, patch: Json): Promise<JsonObject> {
  return api.patch(pathOf(name), patch, { type: 'merge', fieldManager, project: (raw) => raw });
}

function pathOf(name: string): string {
  return apiPath({ group: '', version: 'v1', resource: 'nodes', name });
}
