import { expect, test } from 'vitest';
import { diagnose } from '../../engine/diagnose.ts';
import { problems } from '../testing/all-problems.ts';
import { states } from './testing/fixture-states.ts';

/** Rules of fails and warnings that are told, and of those that are muted. */
function toldBy(...ids: readonly string[]): readonly (readonly string[])[] {
  const evidence = states['warn-retired-image']!;
  const { findings, muted } = diagnose({ ...evidence, scope: { ...evidence.scope, problems: ids } }, problems);
  return [findings, muted].map((all) =>
    all.filter(({ status }) => status === 'fail' || status === 'warn').map(({ rule }) => rule),
  );
}

test('an image of a retired registry that image-pull reports is not told twice', () => {
  expect(toldBy('upgrade-blockers')).toEqual([['retired-image'], []]);
  expect(toldBy('upgrade-blockers', 'image-pull')).toEqual([['retired-reference'], ['retired-image']]);
});
