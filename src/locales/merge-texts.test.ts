import { expect, test } from 'vitest';
import { baseKey, textFiles } from '../../test/texts/text-files.ts';
import { mergeTexts } from './merge-texts.ts';

test('branches of the same name are joined', () => {
  expect(mergeTexts({ a: { b: '1', c: { d: '2' } } }, { a: { c: { e: '3' } }, f: '4' })).toEqual({
    a: { b: '1', c: { d: '2', e: '3' } },
    f: '4',
  });
});

test('no text of the shell is in two files, where one would hide the other', () => {
  const keys = textFiles()
    .filter(({ name }) => ['cli', 'commands', 'doctor'].includes(name))
    .flatMap(({ texts }) => [...texts.en.keys()]);

  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect(new Set(keys.map(baseKey)).size).toBeGreaterThan(100);
});
