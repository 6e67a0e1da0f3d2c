import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expandNodes } from '../../engine/targets/node-set.ts';
import { foldNodes } from '../../engine/targets/fold-nodes.ts';
import { displayWidth } from './width.ts';
import { hanging, indented, maximumSentenceWidth, wrapNodeSet, wrapSentence } from './wrap.ts';

const words = fc.array(
  fc.string({ unit: fc.constantFrom('a', 'b', '노', '드', '.', '5'), minLength: 1, maxLength: 25 }),
  { maxLength: 20 },
);

test('no line is wider than asked, and no letter is lost', () => {
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 60 }), (list, width) => {
      const lines = wrapSentence(list.join(' '), width);

      expect(lines.every((line) => displayWidth(line) <= width)).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''));
    }),
  );
});

test.each(['a', '노'])('a word of 400,000 times %j takes no longer than its length', (character) => {
  const began = process.cpuUsage();
  const lines = wrapSentence(`see ${character.repeat(400_000)}`, 72);
  const { user } = process.cpuUsage(began);

  expect(lines.slice(1).join('')).toBe(character.repeat(400_000));
  expect(user / 1_000_000).toBeLessThan(4);
});

test('prose stays readable on a wide terminal', () => {
  const lines = wrapSentence('word '.repeat(100), 300);

  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(maximumSentenceWidth);
});

test('a number keeps its unit', () => {
  expect(wrapSentence('in all 5.2 GiB of logs', 10)).toEqual(['in all', '5.2 GiB of', 'logs']);
  expect(wrapSentence('within 10 s.', 9)).toEqual(['within', '10 s.']);
});

test('a node set breaks after commas only, so that its lines join to the same set', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 400 }), { minLength: 1, maxLength: 80 }), (numbers) => {
      const set = foldNodes(numbers.map((number) => `worker-${number}`));

      expect(wrapNodeSet(set, 40).join('')).toBe(set);
      expect(expandNodes(wrapNodeSet(set, 40).join(''))).toHaveLength(numbers.length);
    }),
  );
  expect(wrapNodeSet('worker-[1-40,43],gpu-1', 14)).toEqual(['worker-[1-40,', '43],gpu-1']);
});

test('what follows hangs below the text', () => {
  expect(indented(['one', 'two'], '- ')).toEqual(['- one', '  two']);
  expect(
    hanging({ text: '오류:', tone: 'fail', gap: 1 }, 'one two', { paint: (_tone, text) => text, width: 9 }),
  ).toEqual(['오류: one', '      two']);
});
