import { expect, test } from 'vitest';
import { problems } from '../problems/index.ts';
import { birthParts } from './birth-parts.ts';

const [first] = problems.filter(({ birth }) => birth !== undefined);
const { birth: _birth, ...withoutBirth } = first!;
const other = { ...withoutBirth, meta: { ...withoutBirth.meta, id: 'other-trouble' } };

test('without a problem named, those of the catalogue that can be prevented', () => {
  expect(birthParts([], [first!, other]).map(({ problem }) => problem)).toEqual([first!.meta.id]);
  expect(birthParts([first!], [first!, other])).toEqual([{ problem: first!.meta.id, birth: first!.birth }]);
});

test('a problem that cannot be prevented is refused by name, with those that can', () => {
  expect(() => birthParts([first!, other], [first!, other])).toThrow(expect.objectContaining({ code: 'NOTHING_AT_BIRTH', params: { problem: 'other-trouble', choices: first!.meta.id } }));
});
