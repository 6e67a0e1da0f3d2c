import type { Block, Complaint, Configuration, IgnoredBecause } from '../../../logrotate/configuration.ts';
import { readConfiguration } from '../../../logrotate/read-configuration.ts';
import { targetOf, type LogPlaces } from './rule-target.ts';
import { mainFile, rulesFolder, type Rotation } from './rotation.ts';

/** A rule that means container logs and that logrotate does not work with, or not as meant. */
export type Suspect =
  | { readonly kind: 'broken'; readonly file: string; readonly because: Complaint }
  | {
      readonly kind: 'ignored';
      readonly file: string;
      readonly why: IgnoredBecause | 'not-included';
      readonly detail: string;
    }
  | { readonly kind: 'misses'; readonly file: string; readonly why: 'pattern' | 'links' | 'duplicate' }
  | Spoilt;

/** A file that is there for container logs, by its words or its name, and that logrotate takes for something else. */
export interface Spoilt {
  readonly kind: 'spoilt';
  readonly file: string;
  readonly why: 'byte-order-mark' | 'not-absolute' | 'dangling' | 'folder';
}

/** All of them, in the order in which they explain best why a log is not rotated. */
export function suspectsOf(rotation: Rotation, places: LogPlaces): readonly Suspect[] {
  return [
    ...broken(rotation, places),
    ...ignored(rotation, places),
    ...misses(rotation, places),
    ...spoiltFiles(rotation, places),
  ];
}

/** Only a person knows what was meant: nothing is put beside them. */
export function spoiltFiles({ configuration, files, tree, release }: Rotation, places: LogPlaces): readonly Spoilt[] {
  const isNamed = (path: string): boolean => path.startsWith(`${rulesFolder}/`) && /docker/u.test(path);
  const spoilt = (file: string, why: Spoilt['why']): Spoilt => ({ kind: 'spoilt', file, why });
  const words = configuration.readFiles.flatMap((path) => {
    const content = files.files.get(path)?.content ?? '';
    const isMarked = content.startsWith('\u00EF\u00BB\u00BF');
    const blocks = blocksIn(isMarked ? content.slice(3) : content, { tree, release });
    if (isMarked && blocks.some((block) => isTargeted(block, places))) return [spoilt(path, 'byte-order-mark')];
    // A line that begins with a letter is a directive, none that anybody knows.
    const starts = [...content.matchAll(/^[ \t]*["']?([A-Za-z][^\s"'{}]*)/gmu)].map(([, word = '']) => `/${word}`);
    return starts.some((start) => targetOf(start, places) === 'docker') ? [spoilt(path, 'not-absolute')] : [];
  });
  const folders = [...files.files.values()].filter(({ kind, path }) => kind === 'folder' && isNamed(path));
  return [
    ...words,
    ...[...files.dangling].filter(isNamed).map((path) => spoilt(path, 'dangling')),
    ...folders.map(({ path }) => spoilt(path, 'folder')),
  ];
}

function isTargeted(block: Pick<Block, 'patterns'>, places: LogPlaces): boolean {
  return block.patterns.some((pattern) => targetOf(pattern, places) !== 'other');
}

function broken({ configuration, tree, release }: Rotation, places: LogPlaces): readonly Suspect[] {
  const dropped = configuration.dropped
    .filter((block) => isTargeted(block, places))
    .map((block): Suspect => ({ kind: 'broken', file: block.file, because: block.because }));
  // Where the reader gave a file up, everything behind is lost as well.
  const unread = configuration.abandoned
    .filter(({ rest }) => blocksIn(rest, { tree, release }).some((block) => isTargeted(block, places)))
    .map(({ file, because }): Suspect => ({ kind: 'broken', file, because }));
  return [...dropped, ...unread];
}

function ignored(rotation: Rotation, places: LogPlaces): readonly Suspect[] {
  const { configuration, files } = rotation;
  // Without its main file logrotate reads nothing at all.
  const main = configuration.ignored.find(({ path }) => path === mainFile);
  if (main !== undefined) return [{ kind: 'ignored', file: main.path, why: main.why, detail: main.detail }];
  const reasons = new Map(configuration.ignored.map((file) => [file.path, file]));
  return [...files.files.values()]
    .filter((file) => file.content !== undefined && !configuration.readFiles.includes(file.path))
    .filter((file) => blocksIn(file.content ?? '', rotation).some((block) => isTargeted(block, places)))
    .map((file): Suspect => {
      const reason = reasons.get(file.path);
      return { kind: 'ignored', file: file.path, why: reason?.why ?? 'not-included', detail: reason?.detail ?? '' };
    });
}

/** A rule that lost its logs to another one explains more than the other one does. */
function misses({ configuration }: Rotation, places: LogPlaces): readonly Suspect[] {
  const found = configuration.blocks
    .filter((block) => isTargeted(block, places))
    .map(
      (block) =>
        ({ kind: 'misses', file: block.file, why: whyItMisses(block, configuration.complaints, places) }) as const,
    );
  return [...found.filter(({ why }) => why === 'duplicate'), ...found.filter(({ why }) => why !== 'duplicate')];
}

function whyItMisses(
  block: Block,
  complaints: readonly Complaint[],
  places: LogPlaces,
): 'pattern' | 'links' | 'duplicate' {
  const targets = block.patterns.map((pattern) => targetOf(pattern, places));
  if (!targets.includes('docker')) return 'links';
  const isDuplicate = complaints.some(
    ({ code, file, what }) => code === 'duplicate' && file === block.file && targetOf(what, places) === 'docker',
  );
  return isDuplicate ? 'duplicate' : 'pattern';
}

/** The blocks that a text on its own would give, whatever becomes of them. */
function blocksIn(text: string, rotation: Pick<Rotation, 'tree' | 'release'>): readonly Block[] {
  const { blocks, dropped } = readAlone(text, rotation);
  return [...blocks, ...dropped];
}

/** What logrotate would make of a text that nothing stands before. */
export function readAlone(text: string, { tree, release }: Pick<Rotation, 'tree' | 'release'>): Configuration {
  const path = '/text';
  const content = { kind: 'file', mode: 0o644, uid: 0, gid: 0, size: text.length, content: text } as const;
  return readConfiguration(path, { ...tree, entry: (at) => (at === path ? content : tree.entry(at)) }, release);
}
