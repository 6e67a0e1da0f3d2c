import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { StopReason } from '../run.ts';
import type { RunSession } from './session.ts';

/** Waits until the cluster has a node back. @throws NodemendError when it does not come back. */
export type Settled = (node: string) => Promise<void>;

/** Nodes that disturb what runs on them take turns; when one does not come back, the others are left as they are. */
export class Turns {
  stopped: StopReason | undefined;
  private readonly session: RunSession;
  private readonly settled: Settled;
  private last: Promise<unknown> = Promise.resolve();

  constructor(session: RunSession, settled: Settled) {
    this.session = session;
    this.settled = settled;
  }

  /** Undefined when the turn never came: Ctrl-C, or a node before this one did not come back. */
  take<Answer>(node: string, work: () => Promise<Answer>): Promise<Answer | undefined> {
    const turn = this.last.then(() => this.carryOut(node, work));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Ends the turns: what comes after is left as it is. */
  stop(reason: StopReason): void {
    if (this.stopped) return;
    this.stopped = reason;
    this.session.emit({ event: 'stopping', reason });
  }

  private async carryOut<Answer>(node: string, work: () => Promise<Answer>): Promise<Answer | undefined> {
    if (this.stopped || this.session.signal.aborted) return undefined;
    const answer = await work();
    try {
      await this.settled(node);
    } catch (error) {
      if (!isNodemendError(error)) throw error;
      this.stop({ why: 'error', code: error.code, params: error.params });
    }
    return answer;
  }
}
