import { describe, expect, it } from 'vitest';
import { actionState } from './action-state.ts';

const files = { from: 'file aa 644 0 0', to: 'file bb 644 0 0' };

describe('how far a run got with a file', () => {
  it.each([
    // phase, file as planned from, file as wanted, file of somebody else
    ['none', 'untouched', 'untouched', 'moved'],
    ['staged', 'staged', 'staged', 'moved'],
    ['committing', 'staged', 'applied', 'moved'],
    ['committed', 'moved', 'applied', 'moved'],
    ['kept', 'moved', 'applied', 'moved'],
    ['undoing', 'undone', 'applied', 'moved'],
    ['undone', 'undone', 'undone', 'undone'],
    ['a phase of a newer nodemend', 'moved', 'moved', 'moved'],
  ])('phase %s', (phase, from, to, other) => {
    expect(actionState({ ...files, phase, now: files.from })).toBe(from);
    expect(actionState({ ...files, phase, now: files.to })).toBe(to);
    expect(actionState({ ...files, phase, now: 'symlink' })).toBe(other);
  });
});
