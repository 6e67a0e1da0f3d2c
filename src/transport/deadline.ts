/** A point in time that several steps share. */
export class Deadline {
  readonly seconds: number;
  readonly #at: number;

  constructor(milliseconds: number) {
    this.seconds = milliseconds / 1000;
    this.#at = performance.now() + milliseconds;
  }

  /** Milliseconds left; 0 when it is over. */
  get left(): number {
    return Math.max(0, this.#at - performance.now());
  }
}
