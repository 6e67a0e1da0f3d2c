import type { RunDependencies } from '../../src/engine/rollout/run-request.ts';
import { defaultRunOptions, type RunEvent, type RunResult } from '../../src/engine/run.ts';
import { isNodemendError, NodemendError } from '../../src/errors/nodemend-error.ts';
import type { Timing } from '../../src/kubernetes/timing.ts';
import type { NodeConnection } from '../../src/transport/transport.ts';
import { testProblem } from '../chroot/test-problem.ts';
import type { MemoryJournals } from '../model/memory-journal.ts';
import type { Fault } from '../model/memory-node.ts';
import { simulatedApi, type ApiFault, type ServerRequest } from './api.ts';
import type { SimulatedClock } from './clock.ts';
import type { SimulatedCluster } from './cluster.ts';
import type { ApiMishap, History, LineMishap, Mishap, Move } from './history.ts';

/** A machine with its journals, and how far its wall clock is off, milliseconds. */
export interface Operator {
  readonly name: string;
  readonly journals: MemoryJournals;
  clockOffMs: number;
}

export interface Surroundings {
  readonly cluster: SimulatedCluster;
  readonly clock: SimulatedClock;
  readonly history: History;
  readonly onRequest: (request: ServerRequest) => void;
  readonly onEvent: (event: RunEvent) => void;
}

/** One process of nodemend, which may die: what it began goes nowhere from then on. */
export class SimulatedProcess {
  private readonly around: Surroundings;
  private readonly operator: Operator;
  private readonly move: Move;
  private readonly counts = { api: 0, script: 0, line: 0 };
  private readonly abort = new AbortController();
  /** Dies when the answer comes. */
  private isDying = false;
  /** The result, the code of a refusal, or that it was killed; undefined as long as it works. */
  ended: RunResult | string | undefined;

  constructor(around: Surroundings, operator: Operator, move: Move) {
    this.around = around;
    this.operator = operator;
    this.move = move;
  }

  begin(work: (dependencies: RunDependencies) => Promise<RunResult>): void {
    void work(this.dependencies())
      .catch((error: unknown) => this.words(error))
      .then((ended) => (this.ended ??= ended));
  }

  private words(error: unknown): string {
    if (isNodemendError(error)) return error.code;
    return error === this.abort.signal.reason ? 'interrupted' : `threw ${String((error as Error).stack)}`;
  }

  kill(): void {
    this.ended ??= 'killed';
  }

  interrupt(): void {
    this.abort.abort(new Error('interrupted'));
  }

  private dependencies(): RunDependencies {
    const { history } = this.around;
    return {
      api: simulatedApi(this.around.cluster, {
        timing: this.timing(),
        send: (request) => this.send(request),
        receive: () => this.receive(),
        clockSkewMs: () => -this.operator.clockOffMs,
      }),
      transport: {
        kind: 'ssh',
        connect: async ({ name }) => this.connect(name),
        close: async () => {},
      },
      targets: this.around.cluster
        .names()
        .map((name) => ({ name, address: '192.0.2.1', port: 22, user: 'root', identityFiles: [] })),
      journal: this.operator.journals.store(
        () => this.atLine('killed-before'),
        () => this.atLine('killed-after'),
      ),
      problems: [testProblem],
      onEvent: this.around.onEvent,
      signal: this.abort.signal,
      timing: this.timing(),
      options: {
        ...defaultRunOptions,
        maxUnavailable: { nodes: history.maxUnavailable },
        maxFailures: history.maxFailures,
        allow: ['reboot'],
        owner: this.operator.name,
      },
    };
  }

  private timing(): Timing {
    const { clock, cluster, history } = this.around;
    return {
      now: () => cluster.now() + this.operator.clockOffMs,
      monotonicMs: () => clock.now,
      sinceBootMs: () => clock.now,
      random: () => 0,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const give = (): void => this.ifAlive(() => reject(signal?.reason as Error));
          if (signal?.aborted) return give();
          signal?.addEventListener('abort', give, { once: true });
          clock.after(ms * history.pace, () => {
            signal?.removeEventListener('abort', give);
            this.ifAlive(resolve);
          });
          return undefined;
        }),
    };
  }

  private async connect(name: string): Promise<NodeConnection> {
    await this.orNever();
    const machine = this.around.cluster.machines.get(name);
    if (!machine) throw new NodemendError('SSH_NO_ROUTE', { node: name, address: '192.0.2.1' });
    const connection = machine.connect(() => this.faultNow());
    return {
      ...connection,
      exec: async (request) => {
        await this.orNever();
        const answer = await connection.exec(request);
        await this.orNever();
        return answer;
      },
    };
  }

  private faultNow(): Fault | undefined {
    const whats = this.due('script').map(({ what }) => what);
    // The node does what it was told; nobody hears of it.
    if (whats.includes('killed')) this.kill();
    return whats.find((what) => what !== 'killed');
  }

  private async send(request: ServerRequest): Promise<ApiFault | undefined> {
    await this.orNever();
    const { cluster } = this.around;
    let fault: ApiFault | undefined = cluster.isAnswering ? undefined : 'refused';
    for (const mishap of this.due('api')) fault = this.happen(mishap) ?? fault;
    await this.orNever();
    if (fault === undefined || fault === 'lost-after') this.around.onRequest(request);
    return fault;
  }

  /** What happens at this request to the API server. */
  private happen({ what, node }: ApiMishap): ApiFault | undefined {
    const { cluster } = this.around;
    switch (what) {
      case 'killed-before':
        this.kill();
        return undefined;
      case 'killed-after':
        this.isDying = true;
        return undefined;
      case 'cordon':
      case 'uncordon':
      case 'exclusion':
      case 'scale-in':
      case 'beat': {
        const names = cluster.names();
        cluster.actOfOthers(names[node % names.length] ?? '', what);
        return undefined;
      }
      default:
        return what;
    }
  }

  private async receive(): Promise<void> {
    if (this.isDying) this.kill();
    await this.orNever();
  }

  private async atLine(moment: LineMishap['what']): Promise<void> {
    if (moment === 'killed-before') this.counts.line += 1;
    const isDue = this.move.mishaps.some(
      ({ at, call, what }) => at === 'line' && call === this.counts.line && what === moment,
    );
    if (isDue) this.kill();
    await this.orNever();
  }

  /** Mishaps of the next call of a kind. */
  private due<At extends 'api' | 'script'>(at: At): readonly Extract<Mishap, { readonly at: At }>[] {
    this.counts[at] += 1;
    const call = this.counts[at];
    return this.move.mishaps.filter(
      (one): one is Extract<Mishap, { readonly at: At }> => one.at === at && one.call === call,
    );
  }

  private ifAlive(go: () => void): void {
    if (this.ended !== 'killed') go();
  }

  private orNever(): Promise<void> {
    return this.ended === 'killed' ? new Promise(() => {}) : Promise.resolve();
  }
}
