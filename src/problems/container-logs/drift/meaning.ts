import { readCNumber, readSize } from '../../../logrotate/c-number.ts';
import type { Configuration, WrittenDirective } from '../../../logrotate/configuration.ts';
import type { FileTree } from '../../../logrotate/file-tree.ts';
import { normalPath } from '../../../logrotate/glob.ts';
import { readConfiguration } from '../../../logrotate/read-configuration.ts';
import { newestRelease } from './newest-release.ts';

/** What a file of rules says, apart from how it is written. */
export interface Meaning {
  readonly rules: readonly RuleMeaning[];
  /** Directives outside of rules, which hold for files that are read later. */
  readonly outside: RuleMeaning['directives'];
  /** What logrotate complains about, and so does not do; without line numbers. */
  readonly faults: readonly string[];
}

export interface RuleMeaning {
  readonly patterns: readonly string[];
  /** By what it decides about: of several on one matter the last one counts. */
  readonly directives: ReadonlyMap<string, DirectiveMeaning>;
}

export interface DirectiveMeaning {
  /** Equal for values that are the same to logrotate: `1M` and `1024k`. */
  readonly canonical: string;
  /** As it was written, blanks aside. */
  readonly shown: string;
}

const path = '/etc/logrotate.d/rule';

/**
 * Reads a text on its own, as the newest release reads it, so that the same bytes mean the same wherever they are
 * found. What a rule leaves to the settings around it stays left out: it is not a directive of the text.
 */
export function meaningOf(text: string): Meaning {
  const { blocks, outside, complaints } = readConfiguration(path, treeOf(text), newestRelease);
  return {
    rules: blocks.map(({ patterns, start, written }) => ({
      patterns: [...new Set(patterns.map(normalPath))].toSorted(),
      directives: decided([...outside.filter((directive) => directive.start < start), ...written]),
    })),
    outside: decided(outside),
    faults: complaints.map(faultText),
  };
}

/** Users, folders and included files are the node's: nothing of them is known here. */
function treeOf(content: string): FileTree {
  const file = { kind: 'file', mode: 0o644, uid: 0, gid: 0, size: content.length, content } as const;
  return { accounts: undefined, names: () => 'unseen', entry: (at) => (at === path ? file : 'unseen') };
}

function faultText({ code, what }: Configuration['complaints'][number]): string {
  return what === '' ? code : `${code}: ${what}`;
}

/** Later directives win over earlier ones on the same matter (config.c sets one field each). */
function decided(written: readonly WrittenDirective[]): RuleMeaning['directives'] {
  const map = new Map<string, DirectiveMeaning>();
  for (const directive of written) {
    const matter = matterOf(directive.word);
    const before = map.get(matter);
    map.set(
      matter,
      before !== undefined && accumulates.has(matter)
        ? joined(before, meaningOfDirective(directive))
        : meaningOfDirective(directive),
    );
    // Since 3.18.1 the two switch each other off (#386).
    if (directive.word === 'copytruncate') map.delete('renamecopy');
    if (directive.word === 'renamecopy') map.delete('copytruncate');
  }
  return map;
}

/** One does not take the place of another: each adds to those before. */
const accumulates: ReadonlySet<string> = new Set(['include', 'tabooext', 'taboopat']);

const criteria: ReadonlySet<string> = new Set(['hourly', 'daily', 'weekly', 'monthly', 'yearly', 'size']);

const opposites: ReadonlyMap<string, string> = new Map([
  ['notifempty', 'ifempty'],
  ['maillast', 'mailfirst'],
]);

/** Words that have an opposite in `no…`. */
const switched: ReadonlySet<string> = new Set([
  'compress',
  'delaycompress',
  'shred',
  'allowhardlink',
  'sharedscripts',
  'copytruncate',
  'renamecopy',
  'copy',
  'dateext',
  'olddir',
  'mail',
  'create',
  'createolddir',
  'missingok',
]);

/** What a directive decides about. */
function matterOf(word: string): string {
  if (criteria.has(word)) return 'criterion';
  const positive = word.startsWith('no') ? word.slice(2) : word;
  return opposites.get(word) ?? (switched.has(positive) ? positive : word);
}

const sizes: ReadonlySet<string> = new Set(['size', 'minsize', 'maxsize']);
const counts: ReadonlySet<string> = new Set(['rotate', 'start', 'shredcycles', 'minage', 'maxage']);
const scripts: ReadonlySet<string> = new Set(['prerotate', 'postrotate', 'firstaction', 'lastaction', 'preremove']);

function meaningOfDirective({ word, value }: WrittenDirective): DirectiveMeaning {
  const plain = scripts.has(word) ? value : value.split(/[ \t]+/).join(' ');
  return value === ''
    ? { canonical: word, shown: word }
    : { canonical: `${word} ${canonicalValue(word, plain)}`, shown: `${word} ${plain}` };
}

function canonicalValue(word: string, value: string): string {
  if (sizes.has(word)) return String(sizeOf(value));
  return counts.has(word) ? String(readCNumber(value).value) : value;
}

function sizeOf(value: string): number | string {
  const bytes = readSize(value);
  return typeof bytes === 'number' ? bytes : value;
}

function joined(before: DirectiveMeaning, next: DirectiveMeaning): DirectiveMeaning {
  return { canonical: `${before.canonical}\n${next.canonical}`, shown: `${before.shown}, ${next.shown}` };
}
