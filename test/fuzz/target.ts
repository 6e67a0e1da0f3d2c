import type { Random } from './random.ts';

/** A reader of bytes that come from elsewhere. */
export interface FuzzTarget {
  readonly name: string;
  /** Real inputs, which are changed. */
  readonly seeds: () => readonly Buffer[];
  /** How an input is made of them, where bytes, lines and members are not the way. */
  readonly make?: (seeds: readonly Buffer[], random: Random) => Buffer;
  /**
   * Reads the input. A NodemendError is an answer; any other error is a finding, and so is what this throws itself
   * because an invariant does not hold.
   */
  readonly read: (input: Buffer) => unknown;
}

/** CPU that one input of at most 256 KiB may take, milliseconds: a node or a server must not keep a run busy. */
export const mostMs = 2_000;
