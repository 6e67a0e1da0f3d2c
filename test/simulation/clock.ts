/** What is to happen at a moment of simulated time. */
interface Due {
  readonly at: number;
  readonly work: () => void;
}

/** The real time that nothing takes: what was begun has gone as far as it can without a clock. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Simulated time, milliseconds since a history began. It stands still while anything is at work and goes on to whatever
 * is due next when nothing is, so an hour of waiting takes as long as what happens in it.
 */
export class SimulatedClock {
  #now = 0;
  readonly #due: Due[] = [];

  get now(): number {
    return this.#now;
  }

  after(ms: number, work: () => void): void {
    const at = this.#now + Math.max(0, ms);
    const behind = this.#due.findLastIndex((one) => one.at <= at);
    this.#due.splice(behind + 1, 0, { at, work });
  }

  /**
   * Lets time pass until something has come about. @returns `stuck` when nothing is due any more, so that it never
   * will; `late` when it has not come about by then
   */
  async passUntil(isSo: () => boolean, until: number): Promise<'so' | 'stuck' | 'late'> {
    for (;;) {
      await settled();
      if (isSo()) return 'so';
      const [next] = this.#due;
      if (!next) return 'stuck';
      if (next.at > until) return 'late';
      this.#due.shift();
      this.#now = Math.max(this.#now, next.at);
      next.work();
    }
  }

  /** Lets so much time pass, whatever happens in it. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.passUntil(() => false, until);
    this.#now = Math.max(this.#now, until);
  }
}
