import type { KubernetesApi } from '../../../kubernetes/api.ts';
import type { NodeOutcome } from '../../run.ts';
import { readClusterNodes, type ApiNodeState } from '../cluster-nodes.ts';
import { alsoOf, faultOfError } from '../node-outcome.ts';
import type { RunSession } from '../session.ts';
import { mayReturn, OutOfService, staysOut, staysWords } from './out-of-service.ts';

/**
 * The nodes that a run left out of service, at its undo or behind a resume. They say so themselves in the cluster: a
 * process that died while it emptied a node left no other trace of it. The cluster is asked once, and again for a node
 * that nobody knows the state of: an undo may have taken it out of service since.
 */
export class ReturnedNodes {
  private readonly session: RunSession;
  private readonly reboots: boolean | undefined;
  private asked: Promise<readonly ApiNodeState[]> | undefined;

  /** @param reboots whether the run reboots nodes; undefined where its plan is not here */
  constructor(session: RunSession, reboots: boolean | undefined) {
    this.session = session;
    this.reboots = reboots;
  }

  /** Puts a node back when it is known how the run left it, and says of any other that it stays. Never throws. */
  async settle(outcome: NodeOutcome): Promise<NodeOutcome> {
    const { api } = this.session;
    if (!api || this.reboots === false) return outcome;
    try {
      const marked = (await this.marked(api, outcome)).find(({ name }) => name === outcome.node);
      if (!marked) return outcome;
      const service = new OutOfService(this.session, api, { node: marked, inHand: new Set() });
      return await (mayReturn(outcome) ? service.comeBack(outcome) : service.tellWhereItStays(outcome));
    } catch (error) {
      const fault = faultOfError('return', error);
      const { node, left, ending } = outcome;
      const before = ending === 'done' && this.reboots ? { node, left, ...fault } : outcome;
      const words = `the cluster does not say how it is: ${fault.detail}; ${staysWords('may be', this.session.run)}`;
      const stays = staysOut('may be', { name: node, run: this.session.run });
      const also = [...(alsoOf(outcome.also, fault).also ?? []), stays];
      return { ...before, detail: `${outcome.detail ?? outcome.ending}; ${words}`, also };
    }
  }

  private marked(api: KubernetesApi, outcome: NodeOutcome): Promise<readonly ApiNodeState[]> {
    return mayReturn(outcome) ? (this.asked ??= this.ask(api)) : this.ask(api);
  }

  private async ask(api: KubernetesApi): Promise<readonly ApiNodeState[]> {
    const nodes = await readClusterNodes(api, new AbortController().signal);
    return nodes.filter(({ outOfServiceBy }) => outOfServiceBy === this.session.run);
  }
}
