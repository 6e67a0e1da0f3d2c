import type { Evidence } from '../../evidence/evidence.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { Finding, ProblemPlan } from '../problem.ts';

/**
 * What a problem can do when its cure is one file that should be the same on all nodes: read such a file, compare it
 * with the nodes or the nodes with each other, and plan to put it where it differs. Pure, like all of a problem.
 */
export interface Synchronise {
  /** Where the file stands on a node when nobody says otherwise. */
  readonly defaultPath: string;
  /** Why the file cannot stand at this path; undefined when it can. */
  readonly refusePath: (path: string) => Words | undefined;
  /**
   * Whether the bytes of a file may be put onto nodes. `name` is how the user calls the file, `path` where it would
   * stand.
   */
  readonly readSource: (bytes: Uint8Array, names: { readonly name: string; readonly path: string }) => SourceReading;
  /** Without a source the nodes are compared with each other. */
  readonly drift: (evidence: Evidence, wanted: WantedFile) => Drift;
  /** Puts the source onto the nodes that differ from it, and onto no other. Deterministic. */
  readonly plan: (evidence: Evidence, wanted: Required<WantedFile>) => ProblemPlan;
}

/** A text of the problem: its key, and what fills it. */
export interface Words {
  readonly key: string;
  readonly params: TextParams;
}

export interface WantedFile {
  /** Absolute, on the nodes. */
  readonly path: string;
  readonly source?: SourceFile;
}

/** A file that may be put onto nodes. */
export interface SourceFile {
  /** As the user called it. */
  readonly name: string;
  readonly content: string;
  /** SHA-256 of its bytes, hex. */
  readonly sha256: string;
  /** What its author should know; no reason to refuse it. */
  readonly cautions: readonly Words[];
}

export type SourceReading =
  | { readonly state: 'accepted'; readonly source: SourceFile }
  /** `reason` is the cause in one sentence, `next` what to do. */
  | { readonly state: 'refused'; readonly reason: Words; readonly next: Words };

/** How a node's file stands to the reference. */
export type DriftState =
  /** The same bytes, and in force. */
  | 'same'
  /** No file, and none should be there. */
  | 'not-expected'
  /** A file that does not count there: logrotate, say, does not read it, whatever is in it. */
  | 'not-in-force'
  /** Other bytes that mean the same. */
  | 'other-bytes'
  | 'other-meaning'
  | 'missing'
  /** A file where the reference is that there is none. */
  | 'extra'
  /** A file where none should be, whatever the other nodes have. */
  | 'unexpected'
  /** Nothing to compare it with: no version is the reference. */
  | 'undecided'
  | 'unknown';

/** The file on a node. */
export interface FileVersion {
  /** SHA-256 of its bytes, hex. */
  readonly sha256: string;
  /** Its text, secrets masked; undefined when it is not text. */
  readonly content?: string;
  /** Octal, four digits: `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

export type Reference =
  | { readonly kind: 'source'; readonly source: SourceFile }
  /** What more than half of the nodes that were seen have. */
  | { readonly kind: 'majority'; readonly version: FileVersion | 'absent'; readonly count: number; readonly of: number }
  /**
   * No version is on more than half of the nodes: `tie` when several are on equally many, `split` when one is on most,
   * but too few. The version that comes first is shown beside the others, and is not the reference.
   */
  | {
      readonly kind: 'tie' | 'split';
      readonly first: FileVersion | 'absent';
      readonly count: number;
      readonly of: number;
      readonly versions: number;
    }
  /** Fewer than two nodes to compare with each other. */
  | { readonly kind: 'none'; readonly of: number };

export interface NodeDrift {
  readonly node: string;
  readonly group?: string;
  readonly state: DriftState;
  /** Undefined when it could not be seen. */
  readonly file: FileVersion | 'absent' | undefined;
  /**
   * What the file would have to do otherwise to do as the reference does, in the problem's words. Empty when it means
   * the same.
   */
  readonly changes: readonly Words[];
  /** One for each node: `fail` for one that differs, `unknown` with its reason for one that could not be seen. */
  readonly finding: Finding;
}

export interface Drift {
  readonly path: string;
  readonly reference: Reference;
  /** Each node that was asked for, in the evidence's order. */
  readonly nodes: readonly NodeDrift[];
}
