/** Lets so many pieces of work go on at once; the others wait in the order in which they came. */
export class Limiter {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await work();
    } finally {
      leave();
    }
  }

  /** Waits for a place; call what is returned, once, to give it back. */
  async enter(): Promise<() => void> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    return () => this.#leave();
  }

  #leave(): void {
    // The place is handed on as it is, so that nobody who comes in between takes it.
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}
