import type { StepResult } from '../../../actions/action.ts';
import { refused, rejected } from '../../../actions/node-state/refusal.ts';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import { sentenceParams, sentenceText, type Sentence } from '../../../errors/sentences.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { KubernetesApi } from '../../../kubernetes/api.ts';
import type { PlanNode } from '../../plan.ts';
import type { NodeOutcome, Trouble } from '../../run.ts';
import { askOtherTools } from '../gates/ask-other-tools.ts';
import { blockerSentences } from '../gates/blocker-words.ts';
import { availableWithinSeconds } from '../gates/node-duration.ts';
import type { ChangedNode } from '../change-node.ts';
import { alsoOf, faultOfError, faultOfResult, outcomeOf, type NodeFault } from '../node-outcome.ts';
import { nodesOf } from '../batch-size.ts';
import type { ApiNodeState } from '../cluster-nodes.ts';
import { unavailable } from '../health.ts';
import { readCluster } from '../preflight/cluster-reading.ts';
import { drainPolicy, type DrainPolicy } from '../preflight/drain-decision.ts';
import { etcdObjection } from '../preflight/etcd-quorum.ts';
import { DrainPreflight } from '../preflight/preflight.ts';
import { decisionSentence, preflightSentences } from '../preflight/preflight-words.ts';
import type { RunSession } from '../session.ts';
import { performStep } from '../step.ts';
import { awaitNode } from './await-node.ts';
import { drainNode, returnNode, type NodeDrained } from './drain-node.ts';
import { readOwnMarks, type MarkFault, type NodeInHand } from './mark-node.ts';
import type { LeftMark } from './node-marks.ts';
import { tellPodsLeft } from './pods-left.ts';

export interface NodeToDrain extends Pick<PlanNode, 'name' | 'uid'> {
  /** In the words of who asked for it; the node's marks name it. */
  readonly reason?: string | undefined;
}

/**
 * Takes a node out of service, has it changed, and puts it back once it is well, whether it was rebooted or not. One
 * that nobody knows the state of keeps its marks, which name the run: `resume` or `undo` of it takes them off. Begun
 * again by another process of the run it goes on from the marks on the node. Never throws.
 */
export class OutOfService {
  private readonly session: RunSession;
  private readonly api: KubernetesApi;
  private readonly hand: NodeInHand;
  private readonly inHand: Set<string>;
  private readonly reason: string | undefined;

  /** @param inHand nodes that this process has out of service, of all nodes of the run */
  constructor(
    session: RunSession,
    api: KubernetesApi,
    { node: { name, uid, reason }, inHand }: { readonly node: NodeToDrain; readonly inHand: Set<string> },
  ) {
    this.session = session;
    this.api = api;
    this.reason = reason;
    this.hand = { api, timing: session.timing, name, uid, run: session.run };
    this.inHand = inHand;
  }

  /** @param drains whether the node is still to be changed, and not only to be looked at or restored */
  async around(drains: boolean, change: () => Promise<ChangedNode>): Promise<NodeOutcome> {
    const { name } = this.hand;
    const fault = drains ? await this.takeOut() : undefined;
    if (fault) return this.putBack(outcomeOf(name, 'as-before', fault), false);
    const { bootId, ...outcome } = await change();
    return mayReturn(outcome)
      ? this.putBack(outcome, outcome.ending === 'done', bootId)
      : this.tellWhereItStays(outcome);
  }

  /** Says of a node that is not put back whether it is out of service, and how that ends. Never throws. */
  async tellWhereItStays(outcome: NodeOutcome): Promise<NodeOutcome> {
    const marks = await readOwnMarks(this.hand).catch(() => undefined);
    const isOut = marks === undefined ? 'may be' : 'marks' in marks && marks.marks ? 'stays' : undefined;
    if (!isOut) return outcome;
    const words = staysWords(isOut, this.hand.run);
    if (outcome.detail?.includes(words)) return outcome;
    return {
      ...outcome,
      detail: `${outcome.detail ?? outcome.ending}; ${words}`,
      ...alsoOf(outcome.also, staysOut(isOut, this.hand)),
    };
  }

  private async takeOut(): Promise<NodeFault | undefined> {
    return (
      (await this.step('preflight', () => this.preflight())) ??
      (await this.step('drain', async () => {
        this.session.assertHeld();
        const { timeoutSeconds } = this.session.options.drain;
        const drained = await this.drain();
        return (
          (drained.drained && (await this.putBackByOthers())) || drainResult(this.hand.name, drained, timeoutSeconds)
        );
      }))
    );
  }

  /** Its pods may have come back: it is not rebooted under them. A node that left the cluster meanwhile is told. */
  private async putBackByOthers(): Promise<StepResult | undefined> {
    const marks = await readOwnMarks(this.hand);
    if ('fault' in marks) return refusedMarks(this.hand.name, marks.fault);
    if (marks.marks && marks.cordoned) return undefined;
    return rejected('NODE_PUT_BACK_BY_OTHERS', { node: this.hand.name });
  }

  /** Nothing of it is asked again once the node is marked: its pods are on their way. */
  private async preflight(): Promise<StepResult> {
    const { name } = this.hand;
    const { signal, timing } = this.session;
    const marks = await readOwnMarks(this.hand);
    if ('fault' in marks) return refusedMarks(name, marks.fault);
    if (marks.marks) {
      this.inHand.add(name);
      return { outcome: 'already', detail: `out of service since ${marks.marks.since}` };
    }
    const blockers = await askOtherTools({ api: this.api, now: timing.now(), signal });
    if (blockers.length > 0) return refused('OTHER_TOOL_AT_WORK', { node: name, ...what(blockerSentences(blockers)) });
    const reading = await readCluster(this.api, signal);
    const objection = etcdObjection(reading, [name]);
    if (objection !== undefined) return refused('ETCD_AT_RISK', { node: name, ...what([objection]) });
    const seen = new DrainPreflight(reading, this.policy()).of([name]);
    if (seen.verdict === 'blocked')
      return refused('DRAIN_BLOCKED', { node: name, ...what(preflightSentences(seen.blockers)) });
    if (seen.verdict === 'unknown')
      return refused('DRAIN_UNCERTAIN', { node: name, ...what(preflightSentences(seen.doubts)) });
    const full = noRoomFor(name, { nodes: reading.nodes, inHand: this.inHand, session: this.session });
    if (full) return full;
    this.inHand.add(name);
    const going = seen.pods.filter(({ decision }) => decision.does === 'evict').length;
    const accepted =
      seen.accepted.length === 0 ? '' : `; accepted: ${sentenceText('en', preflightSentences(seen.accepted))}`;
    return { outcome: 'done', detail: `${going} pods to evict${accepted}` };
  }

  private drain(): Promise<NodeDrained> {
    const { options, signal, emit } = this.session;
    const onRound = tellPodsLeft(emit, this.hand.name);
    const { owner } = options;
    return drainNode({ ...this.hand, owner, reason: this.reason, options: this.policy(), signal, onRound });
  }

  private policy(): DrainPolicy {
    return drainPolicy(this.session.options.drain, this.session.transport);
  }

  /** For a node on which nothing of the run is in force. */
  comeBack(outcome: NodeOutcome): Promise<NodeOutcome> {
    return this.putBack(outcome, false);
  }

  /** A Ctrl-C does not keep a node out of service that is well. */
  private async putBack(outcome: NodeOutcome, changed: boolean, bootId?: string): Promise<NodeOutcome> {
    const fault = await this.step('return', () => this.returnIt(changed, bootId));
    if (!fault) return outcome;
    // A node that does not become ready again is not known to be well: the run goes on with it once it is looked at.
    const left = fault.code === 'NODE_RETURN_TIMED_OUT' ? 'unknown' : outcome.left;
    // What went wrong first is what is told; that it stays out of service is told with it.
    return this.tellWhereItStays(
      outcome.ending === 'done'
        ? outcomeOf(outcome.node, left, fault)
        : {
            ...outcome,
            detail: `${outcome.detail ?? outcome.ending}; ${fault.detail}`,
            ...alsoOf(outcome.also, fault),
          },
    );
  }

  private async returnIt(changed: boolean, bootId: string | undefined): Promise<StepResult> {
    const { name } = this.hand;
    const { signal } = new AbortController();
    const marks = await readOwnMarks(this.hand);
    if ('fault' in marks) return refusedMarks(name, marks.fault);
    if (!marks.marks) {
      this.inHand.delete(name);
      return { outcome: 'already', detail: 'it was in service' };
    }
    await awaitNode({ ...this.hand, bootId, marks: marks.marks });
    const others = await askOtherTools({ api: this.api, now: this.session.timing.now(), signal });
    const claim = others.find((other) => other.by === 'node-maintenance' && other.node === name);
    const { unmarked, missing } = await returnNode({
      ...this.hand,
      workloads: changed ? marks.marks.workloads : [],
      timeoutSeconds: availableWithinSeconds,
      claim: claim && sentenceText('en', blockerSentences([claim])),
      signal,
    });
    if ('fault' in unmarked) return refusedMarks(name, unmarked.fault);
    this.inHand.delete(name);
    const workloads = missing.map(({ kind, namespace, name: its }) => `${namespace}/${kind}/${its}`);
    if (workloads.length > 0) return rejected('WORKLOADS_NOT_BACK', { node: name, workloads: workloads.join(', ') });
    return { outcome: 'done', detail: leftWords(unmarked.left, unmarked.claimedBy) };
  }

  private async step(step: string, perform: () => Promise<StepResult>): Promise<NodeFault | undefined> {
    try {
      const result = await performStep(this.session, { node: this.hand.name, step }, perform);
      if (result.outcome !== 'rejected' && result.outcome !== 'refused') return undefined;
      return result.code === 'COMMAND_INTERRUPTED' ? { ending: 'interrupted', step } : faultOfResult(step, result);
    } catch (error) {
      if (this.session.signal.aborted && step !== 'return') return { ending: 'interrupted', step };
      return faultOfError(step, error);
    }
  }
}

interface RoomQuestion {
  readonly nodes: readonly ApiNodeState[];
  readonly inHand: ReadonlySet<string>;
  readonly session: RunSession;
}

/**
 * Nodes may have gone down since the run began, or have been left out of service by it: those of the cluster that are
 * unavailable now, and those that other work of this process is about to take, leave room for one more, or do not.
 */
function noRoomFor(name: string, { nodes, inHand, session }: RoomQuestion): StepResult | undefined {
  const { options, nodeCount } = session;
  const max = nodesOf(options.maxUnavailable ?? { nodes: 1 }, nodeCount);
  const down = [...new Set([...unavailable(nodes), ...inHand])].filter((other) => other !== name);
  if (down.length < max) return undefined;
  return refused('CLUSTER_UNHEALTHY', { count: down.length, nodes: down.slice(0, 5).join(', '), max });
}

/** How a node that is left out of service is put back. */
export function staysWords(is: 'stays' | 'may be', run: string): string {
  return `it ${is} out of service until \`nodemend undo ${run}\` or a resume has put it back`;
}

export function staysOut(
  is: 'stays' | 'may be',
  { name, run }: { readonly name: string; readonly run: string },
): Trouble {
  const context = is === 'stays' ? 'stays' : 'perhaps';
  return { code: 'NODE_OUT_OF_SERVICE', params: { context, node: name, run } };
}

/** It is known how it is: whether it is well is asked of the cluster then. */
export function mayReturn({ ending, left }: NodeOutcome): boolean {
  return ending === 'done' || left !== 'unknown';
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
      return rejected('NODE_OBJECT_CONTENDED', { node });
  }
}

/** @throws NodemendError DRAIN_TIMED_OUT */
function drainResult(node: string, drained: NodeDrained, seconds: number): StepResult {
  if (drained.drained) return { outcome: 'done', detail: 'its pods are gone' };
  if (drained.step === 'mark') return refusedMarks(node, drained.fault);
  if (drained.step === 'detach') {
    const volumes = drained.attached.map(({ name, volume }): Sentence => ({
      key: 'drain.volume',
      params: { volume: volume || name },
    }));
    throw new NodemendError('DRAIN_TIMED_OUT', { node, seconds, ...what(volumes) });
  }
  const { fault } = drained;
  if (fault.why === 'refused') {
    const sentence = decisionSentence(fault.pod, fault.decision) ?? { key: 'drain.pod', params: { pod: fault.pod } };
    return refused('DRAIN_BLOCKED', { node, ...what([sentence]) });
  }
  const left = fault.left.map(({ pod, said }) => (said === '' ? pod : `${pod}: ${said}`)).join('; ');
  if (fault.why === 'misconfigured') return refused('DRAIN_BLOCKED', { node, what: left });
  if (fault.why === 'interrupted') return rejected('COMMAND_INTERRUPTED', { node });
  throw new NodemendError('DRAIN_TIMED_OUT', { node, seconds, what: left });
}

function what(sentences: readonly Sentence[]): TextParams {
  return sentenceParams('what', sentences);
}

function leftWords(left: readonly LeftMark[], claimedBy: string | undefined): string {
  if (left.length === 0) return 'in service';
  const whose = claimedBy === undefined ? 'somebody else' : claimedBy;
  return `${left.join(', ')} left as it is, of ${whose} by now`;
}
