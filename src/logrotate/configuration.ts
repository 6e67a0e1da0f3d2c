import type { Release } from './release.ts';
import type { Settings } from './settings.ts';

/** What a logrotate run would work with, and everything it would pass over, after all files were read. */
export interface Configuration {
  readonly release: Release;
  /** Blocks in force, in the order in which logrotate handles them. */
  readonly blocks: readonly Block[];
  /** Blocks that were read and thrown away again. */
  readonly dropped: readonly DroppedBlock[];
  /** Directives outside of blocks, in order: they hold for what is read behind them. */
  readonly outside: readonly OutsideDirective[];
  /** Files that were read, in order. */
  readonly readFiles: readonly string[];
  /** Files that were given up before their end. */
  readonly abandoned: readonly AbandonedFile[];
  /** Files that were passed over whole. */
  readonly ignored: readonly IgnoredFile[];
  /** What logrotate would say, in order. */
  readonly complaints: readonly Complaint[];
  /** Paths that the configuration names and that nobody looked at: conclusions that need them are not possible. */
  readonly unseen: readonly string[];
  /** Faulty files that are included inside a block: logrotate then loses blocks in ways that nobody should count on. */
  readonly unpredictable: readonly string[];
}

/** One `names { directives }`. Offsets are bytes. */
export interface Block {
  readonly file: string;
  /** Where the first name begins. */
  readonly start: number;
  /** Behind the closing brace; undefined when the file ended, or went wrong, before one. */
  readonly end: number | undefined;
  /** The names as they are given to glob(3), quotes taken off. */
  readonly patterns: readonly string[];
  readonly settings: Settings;
  /** Its directives as they stand in it, in order; what was passed over is not among them. */
  readonly written: readonly WrittenDirective[];
  /** Logs it holds: what the patterns match; a pattern that matches nothing stands for itself (GLOB_NOCHECK). */
  readonly files: readonly string[];
}

/** A directive as somebody wrote it. */
export interface WrittenDirective {
  readonly word: string;
  /** What stands behind the word, without the `=` and blanks around it; of a script its lines. */
  readonly value: string;
}

export interface OutsideDirective extends WrittenDirective {
  readonly file: string;
  /** Offset of its word, bytes. */
  readonly start: number;
}

export interface DroppedBlock extends Block {
  readonly because: Complaint;
}

export interface AbandonedFile {
  readonly file: string;
  /** What was not read, from the line behind the fault on. */
  readonly rest: string;
  readonly because: Complaint;
}

export interface IgnoredFile {
  readonly path: string;
  readonly why: IgnoredBecause;
  /** The taboo pattern, the mode or the owner that did it. */
  readonly detail: string;
}

export type IgnoredBecause = 'mode' | 'owner' | 'name' | 'not-regular';

export interface Complaint {
  readonly code: ComplaintCode;
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The directive, word, path or user it is about. */
  readonly what: string;
}

export type ComplaintCode =
  | 'unknown-directive'
  | 'bad-value'
  | 'missing-value'
  | 'unknown-user'
  | 'not-separated'
  | 'bad-line'
  | 'names-inside-block'
  | 'no-opening-brace'
  | 'unexpected-closing-brace'
  | 'text-after-brace'
  | 'bad-quoting'
  | 'no-names'
  | 'taboo-inside-block'
  | 'script-without-end'
  | 'duplicate'
  | 'include-missing'
  | 'include-too-deep'
  | 'cannot-open'
  | 'too-large'
  | 'olddir-missing'
  | 'log-folder-missing'
  | 'unclosed';
