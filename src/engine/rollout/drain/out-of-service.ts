import type { StepResult } from '../../../actions/action.ts';
import { refused } from '../../../actions/node-state/refusal.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../../kubernetes/api.ts';
import type { PlanNode } from '../../plan.ts';
import type { NodeOutcome } from '../../run.ts';
import { askOtherTools } from '../gates/ask-other-tools.ts';
import { blockerWords } from '../gates/blocker-words.ts';
import { availableWithinSeconds } from '../gates/node-duration.ts';
import { faultOfError, faultOfResult, outcomeOf, type NodeFault } from '../node-outcome.ts';
import { readClusterNodes } from '../cluster-nodes.ts';
import { readCluster } from '../preflight/cluster-reading.ts';
import type { DrainPolicy } from '../preflight/drain-decision.ts';
import { DrainPreflight } from '../preflight/preflight.ts';
import { decisionWords, preflightWords } from '../preflight/preflight-words.ts';
import type { RunSession } from '../session.ts';
import { performStep } from '../step.ts';
import { drainNode, returnNode, type NodeDrained } from './drain-node.ts';
import { readOwnMarks, type MarkFault, type NodeInHand } from './mark-node.ts';
import type { LeftMark } from './node-marks.ts';
import { tellPodsLeft } from './pods-left.ts';

/**
 * Takes a node out of service, has it changed, and puts it back. A node that was not drained is put back at once, one
 * that is well again when it is; any other keeps its marks, which name the run: `undo` of the run takes them off. Begun
 * again by another process of the run it goes on from the marks on the node. Never throws.
 */
export class OutOfService {
  private readonly session: RunSession;
  private readonly api: KubernetesApi;
  private readonly hand: NodeInHand;

  constructor(session: RunSession, api: KubernetesApi, { name, uid = '' }: Pick<PlanNode, 'name' | 'uid'>) {
    this.session = session;
    this.api = api;
    this.hand = { api, timing: session.timing, name, uid, run: session.run };
  }

  /** @param drains whether the node is still to be changed, and not only to be looked at or restored */
  async around(drains: boolean, change: () => Promise<NodeOutcome>): Promise<NodeOutcome> {
    const { name } = this.hand;
    const fault = drains ? await this.takeOut() : undefined;
    if (fault) return this.putBack(outcomeOf(name, 'as-before', fault));
    const outcome = await change();
    return mayReturn(outcome) ? this.putBack(outcome) : outcome;
  }

  private async takeOut(): Promise<NodeFault | undefined> {
    return (
      (await this.step('preflight', () => this.preflight())) ??
      (await this.step('drain', async () => {
        this.session.assertHeld();
        const { timeoutSeconds } = this.session.options.drain;
        return drainResult(this.hand.name, await this.drain(), timeoutSeconds);
      }))
    );
  }

  /** Nothing of it is asked again once the node is marked: its pods are on their way. */
  private async preflight(): Promise<StepResult> {
    const { name } = this.hand;
    const { signal, timing } = this.session;
    const marks = await readOwnMarks(this.hand);
    if ('fault' in marks) return refusedMarks(name, marks.fault);
    if (marks.marks) return { outcome: 'already', detail: `out of service since ${marks.marks.since}` };
    const blockers = await askOtherTools({ api: this.api, now: timing.now(), signal });
    if (blockers.length > 0) return refused('OTHER_TOOL_AT_WORK', { node: name, what: blockerWords(blockers) });
    const seen = new DrainPreflight(await readCluster(this.api, signal), this.policy()).of([name]);
    if (seen.verdict === 'blocked')
      return refused('DRAIN_BLOCKED', { node: name, what: preflightWords(seen.blockers) });
    if (seen.verdict === 'unknown')
      return refused('DRAIN_UNCERTAIN', { node: name, what: preflightWords(seen.doubts) });
    const going = seen.pods.filter(({ decision }) => decision.does === 'evict').length;
    return { outcome: 'done', detail: `${going} pods to evict` };
  }

  private drain(): Promise<NodeDrained> {
    const { options, signal, emit } = this.session;
    const onRound = tellPodsLeft(emit, this.hand.name);
    return drainNode({ ...this.hand, owner: options.owner, options: this.policy(), signal, onRound });
  }

  private policy(): DrainPolicy {
    const { options, transport } = this.session;
    return { ...options.drain, ...(transport?.isOwnJob ? { isOwnJob: transport.isOwnJob } : {}) };
  }

  /** For a node on which everything of the run was undone. */
  comeBack(): Promise<NodeFault | undefined> {
    return this.step('return', () => this.returnIt(false));
  }

  /** A Ctrl-C does not keep a node out of service that is well. */
  private async putBack(outcome: NodeOutcome): Promise<NodeOutcome> {
    const fault = await this.step('return', () => this.returnIt(outcome.ending === 'done'));
    if (!fault) return outcome;
    // What went wrong first is what is told; that it stays out of service is told with it.
    if (outcome.ending !== 'done')
      return { ...outcome, detail: `${outcome.detail ?? outcome.ending}; ${fault.detail}` };
    return outcomeOf(outcome.node, outcome.left, fault);
  }

  private async returnIt(changed: boolean): Promise<StepResult> {
    const { name } = this.hand;
    const { signal } = new AbortController();
    const marks = await readOwnMarks(this.hand);
    if ('fault' in marks) return refusedMarks(name, marks.fault);
    if (!marks.marks) return { outcome: 'already', detail: 'it was in service' };
    const nodes = await readClusterNodes(this.api, signal);
    if (!nodes.some((node) => node.name === name && node.ready))
      return { outcome: 'rejected', detail: 'it is not ready, and stays out of service' };
    const others = await askOtherTools({ api: this.api, now: this.session.timing.now(), signal });
    const claim = others.find((other) => other.by === 'node-maintenance' && other.node === name);
    const { unmarked, missing } = await returnNode({
      ...this.hand,
      workloads: changed ? marks.marks.workloads : [],
      timeoutSeconds: availableWithinSeconds,
      claim: claim && blockerWords([claim]),
      signal,
    });
    if ('fault' in unmarked) return refusedMarks(name, unmarked.fault);
    const workloads = missing.map(({ kind, namespace, name: its }) => `${namespace}/${kind}/${its}`);
    if (workloads.length > 0)
      return { outcome: 'rejected', detail: `in service, but not available again: ${workloads.join(', ')}` };
    return { outcome: 'done', detail: leftWords(unmarked.left, unmarked.claimedBy) };
  }

  private async step(step: string, perform: () => Promise<StepResult>): Promise<NodeFault | undefined> {
    try {
      const result = await performStep(this.session, { node: this.hand.name, step }, perform);
      if (result.outcome !== 'rejected' && result.outcome !== 'refused') return undefined;
      return result.detail === interrupted ? { ending: 'interrupted', step } : faultOfResult(step, result);
    } catch (error) {
      if (this.session.signal.aborted && step !== 'return') return { ending: 'interrupted', step };
      return faultOfError(step, error);
    }
  }
}

/** Done and verified, or as it was: whether it is well is asked of the cluster then. */
function mayReturn({ ending, left }: NodeOutcome): boolean {
  return ending === 'done' || left === 'as-before';
}

function refusedMarks(node: string, fault: MarkFault): StepResult {
  switch (fault.why) {
    case 'gone':
      return refused('PLAN_STALE', { what: `${node}: node-gone` });
    case 'replaced':
      return refused('PLAN_STALE', { what: `${node}: node-uid` });
    case 'other-run':
      return refused('NODE_OUT_OF_SERVICE', { node, run: fault.run });
    case 'unreadable':
      return refused('NODE_MARKS_UNREADABLE', { node });
    case 'contended':
      return { outcome: 'rejected', detail: 'somebody else writes the Node object all the time' };
  }
}

/** What a drain says that Ctrl-C ended. */
const interrupted = 'interrupted';

/** @throws NodemendError DRAIN_TIMED_OUT */
function drainResult(node: string, drained: NodeDrained, seconds: number): StepResult {
  if (drained.drained) return { outcome: 'done', detail: 'its pods are gone' };
  if (drained.step === 'mark') return refusedMarks(node, drained.fault);
  if (drained.step === 'detach') {
    const what = drained.attached.map(({ name, volume }) => `volume ${volume || name}`).join('; ');
    throw new NodemendError('DRAIN_TIMED_OUT', { node, seconds, what });
  }
  const { fault } = drained;
  if (fault.why === 'refused')
    return refused('DRAIN_BLOCKED', { node, what: `${fault.pod}: ${decisionWords(fault.decision) ?? fault.why}` });
  const what = fault.left.map(({ pod, said }) => (said === '' ? pod : `${pod}: ${said}`)).join('; ');
  if (fault.why === 'misconfigured') return refused('DRAIN_BLOCKED', { node, what });
  if (fault.why === 'interrupted') return { outcome: 'rejected', detail: interrupted };
  throw new NodemendError('DRAIN_TIMED_OUT', { node, seconds, what });
}

function leftWords(left: readonly LeftMark[], claimedBy: string | undefined): string {
  if (left.length === 0) return 'in service';
  const whose = claimedBy === undefined ? 'somebody else' : claimedBy;
  return `${left.join(', ')} left as it is, of ${whose} by now`;
}
