import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/engine/journal/entry.ts';
import { secondsByNode } from './seconds-by-node.ts';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const step = (entry: 'before' | 'after', seconds: number, name: string): JournalEntry => {
  const head = { at: at(seconds), session: 's', node: 'a', step: name };
  return entry === 'before' ? { entry, ...head } : { entry, ...head, outcome: 'done', detail: '' };
};
const journal: readonly JournalEntry[] = [
  // Locked with all others, seven seconds before its turn.
  step('before', 2, 'lock'),
  step('after', 3, 'lock'),
  step('before', 10, 'preflight'),
  step('after', 10.2, 'preflight'),
  step('before', 10.2, 'drain'),
  step('after', 14.2, 'drain'),
  step('before', 14.5, 'reboot'),
  step('after', 15, 'reboot'),
  step('before', 15, 'return'),
  step('after', 45.4, 'return'),
  { entry: 'node', at: at(46), session: 's', outcome: { node: 'a', ending: 'done', left: 'changed' } },
];

test('a node’s time is its drain, its boot as somebody else saw it, and what is left', () => {
  const [[node, seconds] = []] = secondsByNode(journal, new Map([['a', 45_000]]));
  expect(node).toBe('a');
  expect(seconds).toEqual({ whole: 37, drain: 4, boot: 30 });
});

test('a node that nobody saw again, or that failed, does not count', () => {
  expect(secondsByNode(journal, new Map()).size).toBe(0);
  const failed = journal.map((one) =>
    one.entry === 'node' ? { ...one, outcome: { ...one.outcome, ending: 'failed' as const } } : one,
  );
  expect(secondsByNode(failed, new Map([['a', 45_000]])).size).toBe(0);
});
