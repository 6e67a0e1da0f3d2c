import { describe, expect, test } from 'vitest';
import { problems } from '../problems/index.ts';
import { birthParts } from './birth-parts.ts';

const [first] = problems.filter(({ birth }) => birth !== undefined && birth.fromMirrors === undefined);
const { birth: _birth, ...withoutBirth } = first!;
const other = { ...withoutBirth, meta: { ...withoutBirth.meta, id: 'other-trouble' } };

test('without a problem named, those of the catalogue that can be prevented', () => {
  expect(birthParts([], [first!, other]).map(({ problem }) => problem)).toEqual([first!.meta.id]);
  expect(birthParts([first!], [first!, other])).toEqual([{ problem: first!.meta.id, birth: first!.birth }]);
});

test('a problem that cannot be prevented is refused by name, with those that can', () => {
  expect(() => birthParts([first!, other], [first!, other])).toThrow(
    expect.objectContaining({
      code: 'NOTHING_AT_BIRTH',
      params: { problem: 'other-trouble', choices: first!.meta.id },
    }),
  );
});

describe('a problem whose part is made from mirrors', () => {
  const ofMirrors = problems.find(({ birth }) => birth?.fromMirrors !== undefined)!;
  const mirrors = [
    { registry: 'docker.io', url: 'https://mirror.example', host: 'mirror.example', path: '', isOnly: false },
  ];

  test('has none without them, and is named together with them', () => {
    expect(birthParts([], problems).map(({ problem }) => problem)).not.toContain(ofMirrors.meta.id);
    expect(() => birthParts([ofMirrors], problems)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        params: expect.objectContaining({ context: 'needs', typed: ofMirrors.meta.id, other: '--mirror' }),
      }),
    );
    expect(() => birthParts([first!], problems, { mirrors })).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        params: expect.objectContaining({ context: 'needs', typed: '--mirror', other: ofMirrors.meta.id }),
      }),
    );
  });

  test('brings what they say', () => {
    const part = birthParts([], problems, { mirrors }).find(({ problem }) => problem === ofMirrors.meta.id);
    expect(part?.birth.content).toContain('[host."https://mirror.example"]');
  });
});
