import type { Timing } from '../../kubernetes/timing.ts';

/** Holds back who takes more bytes in a second than they may, all of them together. */
export class Paced {
  readonly #bytesASecond: number;
  readonly #timing: Pick<Timing, 'monotonicMs' | 'sleep'>;
  /** When what was taken so far will have gone. */
  #gone = 0;

  /** @param bytesASecond 0 for as fast as it goes */
  constructor(bytesASecond: number, timing: Pick<Timing, 'monotonicMs' | 'sleep'>) {
    this.#bytesASecond = bytesASecond;
    this.#timing = timing;
  }

  /** Resolves when these bytes may go. @throws what sleeping throws: the signal's reason */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    if (this.#bytesASecond === 0) return;
    const now = this.#timing.monotonicMs();
    const mayGo = Math.max(this.#gone, now);
    this.#gone = mayGo + (bytes / this.#bytesASecond) * 1000;
    if (mayGo > now) await this.#timing.sleep(mayGo - now, signal);
  }
}
