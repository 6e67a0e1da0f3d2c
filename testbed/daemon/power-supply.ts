import type { RunningNode } from '../node/boot-node.ts';
import type { BootDelay, NodeEnd, NodeHappening } from './node-events.ts';

export interface PowerSupplyOptions {
  readonly name: string;
  /**
   * Boots the node once; the end of the run before is told, because a power cut loses what was not synced. @throws when
   * it does not boot
   */
  readonly boot: (after: NodeEnd | undefined) => Promise<RunningNode>;
  readonly note: (happening: NodeHappening) => void;
  /** Before a start that failed is tried again. Default 2 s. */
  readonly pauseAfterFailureMs?: number;
}

/** A firmware's own time, and that of the kernel to take the old namespaces apart. */
const pauseBeforeBootMs = 300;
/** A node that does not boot waits for somebody, as a machine at its boot loader's prompt does. */
const mostAttempts = 3;

/**
 * The power of one node: after a reboot or a power cut it starts again, after a poweroff it stays off until it is
 * started.
 */
export class PowerSupply {
  readonly #options: PowerSupplyOptions;
  #running: RunningNode | undefined;
  #delay: BootDelay = 0;
  #lastEnd: NodeEnd | undefined;
  #wake: (why: 'started' | 'changed') => void = () => undefined;
  #starting: PromiseWithResolvers<void>[] = [];

  constructor(options: PowerSupplyOptions) {
    this.#options = options;
  }

  /** Undefined when it is off. */
  get running(): RunningNode | undefined {
    return this.#running;
  }

  /** The first boot. @throws Error with what the node said last */
  async turnOn(): Promise<void> {
    const running = await this.#boot();
    void this.#live(running);
  }

  /**
   * Starts a node that is off, at once and whatever its delay. Returns when it boots. @throws Error when it runs, or
   * does not boot
   */
  async start(): Promise<void> {
    if (this.#running) throw new Error(`${this.#options.name} is running`);
    const outcome = Promise.withResolvers<void>();
    this.#starting.push(outcome);
    this.#wake('started');
    await outcome.promise;
  }

  /** @throws Error when the node is off */
  async cut(): Promise<void> {
    if (!this.#running) throw new Error(`${this.#options.name} is off`);
    const { ended } = this.#running;
    this.#running.kill();
    await ended;
  }

  /** For every start from now on, also one that is being waited for. */
  setDelay(delay: BootDelay): void {
    this.#delay = delay;
    this.#options.note({ event: 'boot delay', delay });
    this.#wake('changed');
  }

  async #live(first: RunningNode): Promise<void> {
    for (let running = first; ;) {
      const how = await running.ended;
      this.#running = undefined;
      this.#lastEnd = how;
      this.#options.note({ event: 'ended', how });
      await this.#wait(() => (how === 'poweroff' ? Infinity : pauseBeforeBootMs + seconds(this.#delay)));
      running = await this.#bootInTheEnd();
    }
  }

  async #bootInTheEnd(): Promise<RunningNode> {
    const { pauseAfterFailureMs = 2000 } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#boot();
      } catch {
        // It has been noted. Whoever starts it has as many attempts again.
        const last = attempt % mostAttempts === 0;
        await this.#wait(() => (last ? Infinity : pauseAfterFailureMs));
      }
    }
  }

  async #boot(): Promise<RunningNode> {
    const { boot, note } = this.#options;
    try {
      this.#running = await boot(this.#lastEnd);
    } catch (error) {
      note({ event: 'not booted', reason: (error as Error).message });
      for (const { reject } of this.#starting.splice(0)) reject(error);
      throw error;
    }
    this.#lastEnd = undefined;
    note({ event: 'booted', bootId: this.#running.bootId });
    for (const { resolve } of this.#starting.splice(0)) resolve();
    return this.#running;
  }

  /** Until the time is over, which may change meanwhile, or somebody starts the node. */
  async #wait(milliseconds: () => number): Promise<void> {
    const since = performance.now();
    for (let why = 'changed'; why === 'changed';) {
      const left = since + milliseconds() - performance.now();
      if (left <= 0 || this.#starting.length > 0) return;
      why = await this.#woken(left);
    }
  }

  #woken(ms: number): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#wake = resolve;
    const timer = Number.isFinite(ms) ? setTimeout(() => resolve('time'), ms) : undefined;
    return promise.finally(() => clearTimeout(timer));
  }
}

function seconds(delay: BootDelay): number {
  return delay === 'never' ? Infinity : delay * 1000;
}
