/** Whose pulls are counted together. */
export interface Puller {
  /** An address, or the name of an account. */
  readonly source: string;
  /** Pulls in a window; undefined for an account without a limit. */
  readonly limit: number | undefined;
}

export interface Allowance {
  readonly allowed: boolean;
  readonly remaining: number | undefined;
}

/** Docker Hub's window, seconds. */
export const windowSeconds = 21_600;

/** Pulls of each source since the last reset. */
export class PullCounter {
  readonly #pulls = new Map<string, number>();

  left({ source, limit }: Puller): number | undefined {
    return limit === undefined ? undefined : Math.max(0, limit - (this.#pulls.get(source) ?? 0));
  }

  /** A pull, which counts only when it is allowed. */
  pull(puller: Puller): Allowance {
    const left = this.left(puller);
    if (left === 0) return { allowed: false, remaining: 0 };
    this.#pulls.set(puller.source, (this.#pulls.get(puller.source) ?? 0) + 1);
    return { allowed: true, remaining: this.left(puller) };
  }

  reset(): void {
    this.#pulls.clear();
  }

  /** For tests: what was counted, by source. */
  counted(): ReadonlyMap<string, number> {
    return this.#pulls;
  }
}
