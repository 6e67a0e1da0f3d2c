import { actionKind } from '../../actions/action-kinds.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { NodeOutcome, ObjectOutcome, RunResult, StopReason } from '../run.ts';
import { changeNode, reboots, type ChangedNode } from './change-node.ts';
import { outcomeOf } from './node-outcome.ts';
import { stopsSomething } from './guards.ts';
import { closedGate, shutWindow } from './gates/closed-gate.ts';
import type { WatchedNodes } from './health.ts';
import type { NodeWork } from './node-work.ts';
import { lenient } from './undo-actions.ts';
import { OutOfService } from './drain/out-of-service.ts';
import { ReturnedNodes } from './drain/returned-nodes.ts';
import type { Rollout } from './roll-out.ts';
import type { RunSession } from './session.ts';
import { whatIsLeft } from './what-is-left.ts';
import { failureStop } from './stop-rule.ts';
import { summarize } from './verdict.ts';

/** Of kubeadm and of every distribution that packages kubelet by itself. */
const kubeletUnit = 'kubelet.service';

/** What has become of the nodes of a rollout so far, and whether it goes on. */
export class Progress {
  private readonly session: RunSession;
  private readonly rollout: Rollout;
  private readonly outcomes = new Map<string, NodeOutcome>();
  private reason: StopReason | undefined;
  private began = false;
  /** Nodes that were done, left the cluster since, and were told. */
  private readonly departed = new Set<string>();
  /** Nodes that are, or are about to be, out of service. */
  private readonly inHand = new Set<string>();
  private readonly cameTo = new Set<string>();

  constructor(session: RunSession, rollout: Rollout) {
    this.session = session;
    this.rollout = rollout;
  }

  /** @returns the nodes about which nothing is known; they are left alone */
  async recordUnasked(): Promise<readonly string[]> {
    const { unasked = [] } = this.rollout;
    for (const outcome of unasked) await this.record(outcome);
    return unasked.map(({ node }) => node);
  }

  /** Of the nodes that could not be locked. What a journal says was finished there is as little known as all else. */
  async recordLocking(outcomes: readonly NodeOutcome[]): Promise<void> {
    for (const outcome of outcomes) {
      const { node } = outcome;
      await this.record({ ...outcome, left: this.rollout.work.get(node)?.touched ? 'unknown' : 'as-before' });
    }
    // A plan that no longer fits one of its nodes fits none: the run ends, however many failures it may have.
    const stale = outcomes.find(({ code }) => code === 'PLAN_STALE');
    if (stale) this.stop({ why: 'error', code: 'PLAN_STALE', params: stale.params ?? {} });
  }

  /**
   * Nodes on which an earlier process of the run began: they end as they would have then, stop or no stop, and where it
   * had finished that is looked at.
   */
  unfinishedNodes(): readonly string[] {
    return [...this.rollout.work.values()]
      .filter(({ node, touched }) => touched && !this.outcomes.has(node))
      .map(({ node }) => node);
  }

  async finish(node: string): Promise<void> {
    if (!this.session.signal.aborted) await this.carryOut(node);
  }

  /** Whether a batch may be begun: what keeps its nodes is waited for, and then ends the run. */
  async admit(batch: readonly string[]): Promise<boolean> {
    try {
      const reason = await closedGate(this.session, this.worksOf(batch));
      if (reason) this.stop(reason);
    } catch (error) {
      if (!this.session.signal.aborted) throw error;
    }
    return !this.stopped();
  }

  /** The window may close while a batch is on its way. */
  async change(node: string): Promise<void> {
    const closed = shutWindow(this.session, this.worksOf([node]));
    if (closed) this.stop(closed);
    if (!this.stopped()) await this.carryOut(node);
  }

  stopped(): boolean {
    if (this.session.signal.aborted) this.stop({ why: 'interrupted' });
    // Of nodes that are rebooted the first that fails is the last.
    const reboot = [...this.rollout.work.values()].some(({ actions }) => actions.some(reboots));
    const failures = failureStop(this.outcomes.values(), reboot ? 0 : this.session.options.maxFailures);
    if (failures) this.stop(failures);
    return this.reason !== undefined;
  }

  /** Nodes that are still to do, in their batches. */
  remainingBatches(): readonly (readonly string[])[] {
    const left = this.rollout.batches.map((batch) => batch.filter((node) => !this.outcomes.has(node)));
    return left.filter((batch) => batch.length > 0);
  }

  async watch(): Promise<void> {
    if (this.stopped()) return;
    this.session.emit({ event: 'soak', seconds: this.session.options.soakSeconds });
    try {
      for (const { node, replaced } of await this.rollout.soak(this.watched())) {
        this.departed.add(node);
        this.session.emit({ event: 'node-departed', node, replaced });
      }
    } catch (error) {
      if (this.session.signal.aborted) return;
      if (!isNodemendError(error)) throw error;
      this.stop({ why: 'error', code: error.code, params: error.params });
    }
  }

  unknownNodes(): ReadonlySet<string> {
    // Where an earlier process had finished nothing is half made, whether it was looked at or not.
    const unfinished = this.unfinishedNodes().filter((node) => this.rollout.work.get(node)?.how !== 'finished');
    return new Set([
      ...unfinished,
      ...[...this.outcomes.values()].filter(({ left }) => left === 'unknown').map(({ node }) => node),
    ]);
  }

  /** Ends the run after what is under way. */
  stop(reason: StopReason): void {
    if (this.reason) return;
    this.reason = reason;
    this.session.emit({ event: 'stopping', reason });
  }

  /**
   * Nodes that an earlier process left out of service and that this one did not come to: it was killed while it emptied
   * them, or they cannot be asked now.
   */
  async returnNodes(): Promise<void> {
    if (this.session.kind !== 'resume') return;
    const works = [...this.rollout.work.values()];
    const reboots = works.some(({ actions }) => actions.some(({ action }) => action.disrupts === 'reboot'));
    // Where the plan is not here, nobody knows what it would have had.
    const returned = new ReturnedNodes(this.session, this.rollout.unplanned ? reboots || undefined : reboots);
    for (const { name } of this.rollout.nodes) {
      if (this.cameTo.has(name)) continue;
      const before = this.outcomes.get(name) ?? this.notStarted(name);
      const outcome = await returned.settle(before);
      if (outcome !== before) await this.record(outcome);
    }
  }

  /** Why it ended, where that was told already. */
  note(reason: StopReason): void {
    this.reason ??= reason;
  }

  /** Whether every node of the run is done, so that what builds on them may begin. */
  cameThrough(): boolean {
    return !this.stopped() && this.rollout.nodes.every(({ name }) => this.outcomes.get(name)?.ending === 'done');
  }

  end(locked: readonly string[], objects?: readonly ObjectOutcome[]): RunResult {
    const nodes = this.rollout.nodes.map(({ name }) => this.outcomes.get(name) ?? this.notStarted(name));
    const { run, kind } = this.session;
    const began = this.began || (objects ?? []).some(({ ending }) => ending !== 'not-started');
    return summarize({ run, kind, nodes, ...(objects ? { objects } : {}), stopped: this.reason, began, locked });
  }

  private watched(): WatchedNodes {
    const changed = [...this.outcomes.values()]
      .filter(({ node, left }) => left === 'changed' && !this.departed.has(node))
      .map(({ node }) => node);
    const works = changed.flatMap((node) => this.rollout.work.get(node) ?? []);
    const disturbed = works.filter(({ actions }) => actions.some(({ action }) => stopsSomething(action)));
    // Of what an earlier process of the run finished nobody knows when it was.
    const reporting = works.filter(
      ({ how, actions }) =>
        how === 'fresh' && actions.some(({ action }) => actionKind(action.kind).units(action).includes(kubeletUnit)),
    );
    return { changed: new Set(changed), disturbed: namesOf(disturbed), reporting: namesOf(reporting) };
  }

  private worksOf(nodes: readonly string[]): readonly NodeWork[] {
    return nodes.flatMap((node) => this.rollout.work.get(node) ?? []);
  }

  private notStarted(node: string): NodeOutcome {
    return outcomeOf(node, this.rollout.work.get(node)?.touched ? 'unknown' : 'as-before', { ending: 'not-started' });
  }

  private async carryOut(node: string): Promise<void> {
    const work = this.rollout.work.get(node);
    if (!work) return;
    this.began = true;
    const { bootId: _bootId, ...outcome } = await this.changed(node, work);
    await this.record(outcome);
  }

  /** A node that is rebooted goes out of service for it, as far as there is an API server to ask. */
  private async changed(name: string, work: NodeWork): Promise<ChangedNode> {
    const node = this.rollout.nodes.find((one) => one.name === name);
    if (!work.actions.some(reboots) || !node || !this.session.api) return changeNode(this.session, work);
    const service = new OutOfService(this.session, this.session.api, {
      node: { ...node, reason: reasonOf(work) },
      inHand: this.inHand,
    });
    this.cameTo.add(name);
    const left = await whatIsLeft(this.session, work);
    return 'drains' in left
      ? service.around(left.drains, () => changeNode(this.session, left.work))
      : service.around(false, () => Promise.resolve(left));
  }

  private async record(outcome: NodeOutcome): Promise<void> {
    this.outcomes.set(outcome.node, outcome);
    // A journal that takes no more has stopped the run already; what became of the node is told anyway.
    if (outcome.ending !== 'not-started') await lenient(this.session.journal).write({ entry: 'node', outcome });
    this.session.emit({ event: 'node-ended', outcome });
  }
}

/** What was given with `nodemend reboot --reason`. */
function reasonOf({ actions }: NodeWork): string | undefined {
  const reasons = actions.map(({ action }) => action.why.params['reason']);
  return reasons.find((reason) => typeof reason === 'string');
}

function namesOf(works: readonly NodeWork[]): ReadonlySet<string> {
  return new Set(works.map(({ node }) => node));
}
