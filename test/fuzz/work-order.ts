/** What the worker is asked for. */
export interface WorkOrder {
  /** Names of targets. */
  readonly targets: readonly string[];
  readonly seed: string;
  /** Inputs of each target, at the most. */
  readonly rounds: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Three integers: target, round, and a count that grows while it lives. */
  readonly place: SharedArrayBuffer;
}

export interface Finding {
  readonly target: string;
  readonly round: number;
  readonly problem: string;
}
