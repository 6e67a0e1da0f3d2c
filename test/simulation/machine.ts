import { NodemendError } from '../../src/errors/nodemend-error.ts';
import type { NodeConnection } from '../../src/transport/transport.ts';
import type { Fault } from '../model/memory-node.ts';
import { BootingNode } from './booting-node.ts';
import type { SimulatedClock } from './clock.ts';

/** How a machine comes up again after a reboot. */
export interface Boot {
  readonly seconds: number;
  /** `mute`: it runs and nobody reaches it; `sick`: its kubelet does not become ready. */
  readonly comes: 'back' | 'never' | 'mute' | 'sick';
}

/** What becomes of a reboot that was asked for: how the machine boots, or that the command says no. */
export type Rebooted = Boot | 'refused';

/** What a machine tells the cluster that it is a node of. */
export interface MachineListener {
  /** A run asks for a reboot, which comes a second later. */
  readonly asked: (machine: SimulatedMachine, run: string, why: 'apply' | 'undo') => Rebooted;
  /** It goes down by the order of a run. */
  readonly obeys: (machine: SimulatedMachine, run: string) => void;
  readonly wentDown: (machine: SimulatedMachine) => void;
  readonly cameUp: (machine: SimulatedMachine) => void;
}

/**
 * A fake: the machine under a node, which goes down, boots, or does not come back. Its files, records and locks are
 * `BootingNode`'s; no kernel runs.
 */
export class SimulatedMachine {
  readonly node: BootingNode;
  isUp = true;
  /** Whether the network leads to it. */
  isReachable = true;
  /** Whether its kubelet says that it is ready when it runs. */
  isHealthy = true;
  /** Counts every start of the machine; a boot id is made of it. */
  boots = 0;
  private readonly clock: SimulatedClock;
  private readonly listener: MachineListener;

  constructor(
    name: string,
    generation: number,
    { clock, listener }: { clock: SimulatedClock; listener: MachineListener },
  ) {
    this.clock = clock;
    this.listener = listener;
    this.node = new BootingNode(name, (run, why) => this.ask(run, why));
    this.node.machineId = `machine-${name}-${generation}`;
    this.node.start(this.bootId);
  }

  get name(): string {
    return this.node.name;
  }

  get bootId(): string {
    return `boot-${this.node.machineId}-${this.boots}`;
  }

  connect(next: () => Fault | undefined): NodeConnection {
    this.requireAnswer();
    const connection = this.node.connect(next);
    return {
      ...connection,
      exec: async (request) => {
        this.requireAnswer();
        return connection.exec(request);
      },
    };
  }

  private ask(run: string, why: 'apply' | 'undo'): 'comes' | 'refused' {
    const boot = this.listener.asked(this, run, why);
    if (boot === 'refused') return boot;
    this.clock.after(1_000, () => {
      if (!this.isUp) return;
      this.listener.obeys(this, run);
      this.goDown(boot);
    });
    return 'comes';
  }

  /** Goes down now, by whomever. */
  goDown({ seconds, comes }: Boot): void {
    if (!this.isUp) return;
    this.isUp = false;
    this.listener.wentDown(this);
    if (comes !== 'never') this.clock.after(seconds * 1000, () => this.start(comes));
  }

  /** Somebody looks after it: it runs, is reached and is well. */
  mend(): void {
    this.isReachable = true;
    this.isHealthy = true;
    if (this.isUp) this.listener.cameUp(this);
    else this.start('back');
  }

  private start(comes: Exclude<Boot['comes'], 'never'>): void {
    if (this.isUp) return;
    this.boots += 1;
    this.node.start(this.bootId);
    this.isUp = true;
    if (comes === 'mute') this.isReachable = false;
    this.isHealthy = comes !== 'sick';
    this.listener.cameUp(this);
  }

  private requireAnswer(): void {
    const where = { node: this.name, address: '192.0.2.1', port: 22 };
    if (!this.isUp) throw new NodemendError('SSH_REFUSED', where);
    if (!this.isReachable) throw new NodemendError('SSH_TIMED_OUT', { ...where, seconds: 10 });
  }
}
