import { expect, test } from 'vitest';
import { logSpaceState } from './log-space-state.ts';

test.each([
  ['none', false, 'untouched'],
  ['none', true, 'untouched'],
  ['staged', false, 'staged'],
  // Somebody else freed it.
  ['staged', true, 'moved'],
  ['committing', false, 'staged'],
  // It died between the deed and the note of it.
  ['committing', true, 'applied'],
  ['committed', true, 'applied'],
  // A live log that grew again was emptied anyway.
  ['kept', false, 'applied'],
  ['undoing', true, 'applied'],
  ['undone', false, 'undone'],
  ['something', false, 'moved'],
] as const)('phase %s, freed %s: %s', (phase, freed, state) => expect(logSpaceState({ phase, freed })).toBe(state));
