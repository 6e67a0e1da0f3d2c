import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pulledOf } from './pull-progress.ts';

const parts = [
  { digest: `sha256:${'c'.repeat(64)}`, bytes: 1_500 },
  { digest: `sha256:${'1'.repeat(64)}`, bytes: 40_000_000 },
  { digest: `sha256:${'2'.repeat(64)}`, bytes: 5_000_000 },
];
const [config, large, small] = ['c'.repeat(12), '1'.repeat(12), '2'.repeat(12)];

test.each<[string, string, ReturnType<typeof pulledOf>]>([
  ['nothing has come', `${config}:0 ${large}:0 ${small}:0`, { there: 0, of: 45_001_500 }],
  ['what containerd has', `${config}:whole ${large}:1048576 ${small}:0`, { there: 1_050_076, of: 45_001_500 }],
  ['what was there does not count', `${config}:0 ${large}:had ${small}:2000000`, { there: 2_000_000, of: 5_001_500 }],
  [
    'docker’s units, and nothing of a configuration',
    `${large}:12.34MB ${small}:512kB`,
    { there: 12_852_000, of: 45_001_500 },
  ],
  ['no more than there can be', `${large}:1.5GB ${small}:whole`, { there: 45_000_000, of: 45_001_500 }],
  ['a part of another pull', `${'9'.repeat(12)}:whole ${large}:7B`, { there: 7, of: 45_001_500 }],
  ['all of it was there', `${config}:had ${large}:had ${small}:had`, undefined],
])('%s', (_, line, pulled) => {
  expect(pulledOf(parts, line)).toEqual(pulled);
});

test('whatever a node says, it is between nothing and all', () => {
  const word = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom(config, large, small), fc.string()).map((both) => both.join(':')),
    fc
      .tuple(fc.constantFrom(config, large, small), fc.double(), fc.constantFrom('', 'B', 'MB', 'had'))
      .map(([id, number, unit]) => `${id}:${number}${unit}`),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const { there, of } = pulledOf(parts, words.join(' ')) ?? { there: 0, of: 0 };
      expect(there >= 0 && there <= of && of <= 45_001_500 && Number.isSafeInteger(there)).toBe(true);
    }),
  );
});
