export interface ProgressReport {
  readonly done: number;
  readonly total: number;
  /** Names of nodes under way, the one that takes longest first; a few. */
  readonly slowest: readonly string[];
}

const namedAtMost = 3;
const tickMs = 1000;

/** Counts nodes that are done, and knows which of the others take longest. */
export class Progress {
  readonly #total: number;
  readonly #report: ((report: ProgressReport) => void) | undefined;
  /** In the order in which they began. */
  readonly #running = new Map<symbol, string>();
  readonly #ticks: NodeJS.Timeout;
  #done = 0;

  constructor(total: number, report: ((report: ProgressReport) => void) | undefined) {
    this.#total = total;
    this.#report = report;
    this.#ticks = setInterval(() => this.#tell(), tickMs);
    this.#ticks.unref();
  }

  /** A node begins; call what is returned when it is done. */
  begin(name: string): () => void {
    const key = Symbol(name);
    this.#running.set(key, name);
    return () => {
      this.#running.delete(key);
      this.#done += 1;
      this.#tell();
    };
  }

  close(): void {
    clearInterval(this.#ticks);
  }

  #tell(): void {
    const slowest = [...this.#running.values()].slice(0, namedAtMost);
    this.#report?.({ done: this.#done, total: this.#total, slowest });
  }
}
