import type { RunDependencies } from '../../src/engine/rollout/run-request.ts';
import { defaultRunOptions, type RunResult } from '../../src/engine/run.ts';
import { isNodemendError } from '../../src/errors/nodemend-error.ts';
import type { NodeConnection } from '../../src/transport/transport.ts';
import { testProblem } from '../chroot/test-problem.ts';
import type { Mishap, Work } from './history.ts';
import type { MemoryJournals } from './memory-journal.ts';
import type { Fault } from './memory-node.ts';

/** A machine with its journals, and a clock that is set as it likes, in hours. */
export interface Operator {
  readonly journals: MemoryJournals;
  clock: number;
}

/** What a process can reach, and what may happen while it works. */
export interface Surroundings {
  readonly names: () => readonly string[];
  readonly connectTo: (name: string, next: () => Fault | undefined) => NodeConnection;
  readonly edit: (file: number) => void;
}

/** One process of nodemend, which may die. What it began goes nowhere from then on. */
export class PlayedProcess {
  private readonly played: Surroundings;
  private readonly operator: Operator;
  private readonly move: Work;
  private calls = 0;
  private lines = 0;
  private isDead = false;
  private died: () => void = () => {};
  private readonly death = new Promise<'killed'>((resolve) => {
    this.died = () => resolve('killed');
  });

  constructor(played: Surroundings, operator: Operator, move: Work) {
    this.played = played;
    this.operator = operator;
    this.move = move;
  }

  async end(work: () => Promise<RunResult>): Promise<RunResult | string> {
    const ended = work().catch((error: unknown) => {
      if (isNodemendError(error)) return error.code;
      throw error;
    });
    return Promise.race([ended, this.death]);
  }

  dependencies(): RunDependencies {
    const { journals, clock } = this.operator;
    return {
      transport: {
        kind: 'local',
        connect: async ({ name }) => this.watched(this.played.connectTo(name, () => this.faultNow())),
        close: async () => {},
      },
      targets: this.played
        .names()
        .map((name) => ({ name, address: '127.0.0.1', port: 22, user: 'root', identityFiles: [] })),
      journal: journals.store(() => this.wrote()),
      problems: [testProblem],
      onEvent: () => {},
      signal: new AbortController().signal,
      timing: {
        now: () => Date.UTC(2026, 10, 24, 9 + clock),
        monotonicMs: () => 0,
        sleep: async () => {},
        random: () => 0,
        sinceBootMs: () => 0,
      },
      options: { ...defaultRunOptions, soakSeconds: 0, owner: 'kim@laptop' },
    };
  }

  private async wrote(): Promise<void> {
    this.lines += 1;
    if (this.lines === this.move.diesAt) this.die();
    await this.orNever();
  }

  private watched(connection: NodeConnection): NodeConnection {
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

  /** What happens at this call to a node. */
  private faultNow(): Fault | undefined {
    this.calls += 1;
    let fault: Fault | undefined;
    for (const mishap of this.move.mishaps) if (mishap.at === this.calls) fault = this.happen(mishap) ?? fault;
    return fault;
  }

  private happen({ what, file }: Mishap): Fault | undefined {
    if (what === 'edit') {
      this.played.edit(file);
      return undefined;
    }
    if (what !== 'killed') return what;
    // The node does what it was told; nobody hears of it.
    this.die();
    return undefined;
  }

  private die(): void {
    this.isDead = true;
    this.died();
  }

  private orNever(): Promise<void> {
    return this.isDead ? new Promise(() => {}) : Promise.resolve();
  }
}
