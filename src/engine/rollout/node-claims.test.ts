import { describe, expect, it } from 'vitest';
import type { NodeMemory } from '../../actions/node-state/node-records.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { nodeClaims, requireRecords } from './node-claims.ts';

const id = 'file:worker-1:/etc/x';

function after(step: string, outcome: 'done' | 'already' | 'failed' = 'done', action = id): JournalEntry {
  return { at: 't', session: 's', entry: 'after', node: 'worker-1', step, action, outcome, detail: '' };
}

function memory(change: Partial<NodeMemory> = {}): NodeMemory {
  return {
    machineId: 'm',
    bootId: 'b',
    lock: undefined,
    hasFolder: false,
    wasPruned: false,
    records: [],
    unreadable: [],
    ...change,
  };
}

function isHeld(entries: readonly JournalEntry[], known: NodeMemory): boolean {
  try {
    requireRecords({ node: 'worker-1', run: 'r' }, nodeClaims(entries).get('worker-1'), known);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'NODE_RECORD_MISSING' });
    return false;
  }
}

describe('what a journal claims of a node', () => {
  it('made: its record has to be there, and its folder', () => {
    expect(isHeld([after('stage'), after('commit')], memory())).toBe(false);
    expect(isHeld([after('stage'), after('commit')], memory({ hasFolder: true }))).toBe(false);
  });

  it('staged alone: the record may be gone, undone by somebody, the folder not', () => {
    expect(isHeld([after('stage')], memory({ hasFolder: true }))).toBe(true);
    expect(isHeld([after('stage')], memory())).toBe(false);
  });

  it('nothing, where a step was refused, failed, or found everything as wanted', () => {
    expect(isHeld([after('stage', 'failed')], memory())).toBe(true);
    expect(isHeld([after('stage', 'already'), after('commit', 'already')], memory())).toBe(true);
  });

  it('begun, where a process found the change of another one in force', () => {
    const outcome = { node: 'worker-1', ending: 'done', left: 'changed' } as const;
    expect(isHeld([{ at: 't', session: 's', entry: 'node', outcome }], memory())).toBe(false);
    const before = { at: 't', session: 's', entry: 'node', outcome: { ...outcome, left: 'as-before' } } as const;
    expect(isHeld([after('stage'), after('commit'), before], memory())).toBe(true);
  });

  it('nothing any more of what was undone', () => {
    const entries = [after('stage'), after('commit'), after('undo')];
    expect(isHeld(entries, memory({ hasFolder: true }))).toBe(true);
  });
});
