import type { ProbedText } from '../runtimes/probed-text.ts';

/**
 * One thing that a node can be asked: read once a node for all problems that declare it. Whose problem it is, it does
 * not know.
 */
export interface Fact<Value = unknown> {
  /** `<room>/<name>`, for example `docker/daemon`: its section in the probe and in the evidence. */
  readonly key: string;
  /**
   * Shell text that calls `section KEY SECONDS BYTES command…` once (see probe/prelude.sh); joined with those of the
   * other facts into one script. POSIX sh, shellcheck-clean, runs under dash, bash and busybox.
   */
  readonly script: string;
  /** Shell functions that several facts use: sent once, before all of them. */
  readonly shared?: readonly string[];
  /**
   * Patterns of paths whose owner, mode, size and age its script asks for (`nm_path_of_root`, `nm_known_look`), each
   * after the folders that lead to it: they are looked at in one go for all facts.
   */
  readonly looksAt?: readonly string[];
  /** Those of them whose checksum it asks for (`nm_sum_of`): all are told by one start of sha256sum. */
  readonly sums?: readonly string[];
  /** Facts that leave something under `$nm_scratch` for this one: they are read with it, and before it. */
  readonly needs?: readonly Fact[];
  /**
   * Its section is run in the process that looks ahead for all facts, and is sent in its turn: a fork less for the node.
   * Where that process comes to no end it is run like any other. Its command is a function without arguments that needs
   * none of another fact, asks no daemon, and returns: it neither exits nor executes a program in its own place.
   */
  readonly ahead?: true;
  /** What the section printed, read; undefined when it is not of the probe's form. Never throws. */
  readonly parse: (section: ProbedText) => Value | undefined;
  /** Its parser tells what is missing from what is not there, and is given the beginning of a section as well. */
  readonly readsBeginning?: true;
}
