import { targetOf, staysInside, type RuleTarget, type LogPlaces } from './rule-target.ts';
import type { Rotation } from './rotation.ts';
import { readAlone } from './suspects.ts';
import type { Block } from '../../../logrotate/configuration.ts';
import { splitWords } from '../../../logrotate/argument-words.ts';

/** Which rules are to go. */
export interface Unwanted {
  readonly places: LogPlaces;
  /** Rules on these logs have to go. */
  readonly targets: readonly RuleTarget[];
  /** Rules on these do nothing: they go along, but one that is about other logs too is left alone. */
  readonly idle: readonly RuleTarget[];
}

/** A file without the unwanted rules, or why they cannot be taken out of it. */
export type Cleared =
  /** Nothing but them was in it. */
  | { readonly state: 'empty' }
  /** All else is there to the byte; the first of them stood at `at`. */
  | { readonly state: 'cut'; readonly content: string; readonly at: number }
  /** What is unwanted in it does nothing, and cannot be parted from the rest. */
  | { readonly state: 'kept' }
  | { readonly state: 'refused'; readonly why: 'mixed-block' | 'broken-file' };

/** Takes the unwanted rules out of a file that logrotate reads. */
export function clearFile(path: string, rotation: Rotation, unwanted: Unwanted): Cleared {
  const content = rotation.files.files.get(path)?.content ?? '';
  const blocks = [...rotation.configuration.blocks, ...rotation.configuration.dropped].filter(
    ({ file }) => file === path,
  );
  const going = blocks.filter((block) => isUnwanted(block, unwanted) && !isLeftAlone(block, unwanted));
  if (going.some((block) => !isAllInside(block, unwanted))) return { state: 'refused', why: 'mixed-block' };
  if (holdsNothingElse(content, rotation, unwanted)) return { state: 'empty' };
  if (going.length === 0) return { state: 'kept' };
  const ranges = going.map((block) => rangeOf(block, content));
  // Where a block ends nobody knows when its end was never found: the rest of the file may be another's.
  if (ranges.includes(undefined)) return { state: 'refused', why: 'broken-file' };
  return cutOut(
    content,
    ranges.filter((range) => range !== undefined),
  );
}

export function isUnwanted({ patterns }: Pick<Block, 'patterns'>, { places, targets, idle }: Unwanted): boolean {
  const all = [...targets, ...idle];
  return patterns.some((pattern) => all.includes(targetOf(pattern, places)));
}

function isLeftAlone(block: Block, unwanted: Unwanted): boolean {
  return !isAllInside(block, unwanted) && !isUnwanted(block, { ...unwanted, idle: [] });
}

function isAllInside(block: Block, { places }: Unwanted): boolean {
  return block.patterns.every((pattern) => staysInside(pattern, places));
}

/**
 * Whether a file is about nothing but the unwanted rules. In a faulty one every line that could begin a block has to
 * be, for a faulty block swallows those behind it.
 */
export function holdsNothingElse(content: string, rotation: Rotation, unwanted: Unwanted): boolean {
  const { blocks, dropped, abandoned } = readAlone(content, rotation);
  const isOurs = ({ patterns }: Pick<Block, 'patterns'>): boolean =>
    patterns.length > 0 && patterns.every((pattern) => staysInside(pattern, unwanted.places));
  const isFaulty = dropped.length > 0 || abandoned.length > 0;
  const lines = isFaulty ? content.split('\n').filter((line) => /^[ \t]*[/"']/.test(line)) : [];
  const all = [...blocks, ...dropped];
  return (
    all.length > 0 &&
    all.every(isOurs) &&
    lines.every((line) => isOurs({ patterns: namesOf(line) })) &&
    !hasDirectives(content, all)
  );
}

function namesOf(line: string): readonly string[] {
  const words = splitWords(line.split('{')[0] ?? '');
  return words === 'ends-in-backslash' ? [] : words;
}

/** Directives outside of blocks hold for all files that are read later. */
function hasDirectives(content: string, blocks: readonly Block[]): boolean {
  const last = Math.max(...blocks.map((block) => block.end ?? content.length));
  const first = Math.min(...blocks.map((block) => block.start));
  const outside = content.slice(0, first) + content.slice(last);
  return outside.split('\n').some((line) => /^[ \t]*[A-Za-z]/.test(line));
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function rangeOf(block: Block & { readonly because?: { readonly code: string } }, content: string): Range | undefined {
  // The closing brace that was found belongs to the next block.
  if (block.because?.code === 'names-inside-block') return undefined;
  if (block.end === undefined)
    return block.because === undefined ? { start: block.start, end: content.length } : undefined;
  return { start: block.start, end: block.end };
}

/** Whole lines where nothing but the block is on them. */
function cutOut(content: string, ranges: readonly Range[]): Cleared {
  const sorted = ranges.toSorted((a, b) => b.start - a.start).map((range) => wholeLines(range, content));
  const rest = sorted.reduce((text, { start, end }) => text.slice(0, start) + text.slice(end), content);
  return { state: 'cut', content: rest, at: sorted.at(-1)?.start ?? 0 };
}

function wholeLines({ start, end }: Range, content: string): Range {
  const before = content.lastIndexOf('\n', start - 1) + 1;
  const newline = content.indexOf('\n', end);
  const after = newline < 0 ? content.length : newline + 1;
  const isAlone = /^[ \t]*$/.test(content.slice(before, start)) && /^[ \t\r\n]*$/.test(content.slice(end, after));
  return isAlone ? { start: before, end: after } : { start, end };
}
