import { expect, test } from 'vitest';
import { mergeParams } from './merge-params.ts';

test('one: quantities by their name', () => {
  expect(mergeParams([{ node: 'worker-1', bytes: 1536, maxBytes: 1024 ** 2, seconds: 10, path: '/x' }])).toEqual({
    node: 'worker-1',
    bytes: '1.5 KiB',
    maxBytes: '1 MiB',
    seconds: '10',
    path: '/x',
  });
});

test('several: nodes fold, numbers span, texts are listed, the largest count chooses the plural', () => {
  const all = [1, 2, 3, 5, 7].map((number) => ({
    node: `worker-${number}`,
    address: `10.0.0.${number}`,
    bytes: number * 1024,
    port: 22,
    count: number,
  }));

  expect(mergeParams(all)).toEqual({
    node: 'worker-[1-3,5,7]',
    address: '10.0.0.1, 10.0.0.2, 10.0.0.3, … (+2)',
    bytes: '1 KiB–7 KiB',
    port: '22',
    count: 7,
  });
});

test('a value that some lack does not hide those of the others', () => {
  expect(mergeParams([{ a: 'x' }, { b: 2 }, { a: 3 }])).toEqual({ a: 'x, 3', b: '2' });
});

test('a text that lists nodes folds, too', () => {
  const nodes = Array.from({ length: 100 }, (_, index) => `worker-${index}`).join(', ');
  expect(mergeParams([{ nodes }])).toEqual({ nodes: 'worker-[0-99]' });
});
