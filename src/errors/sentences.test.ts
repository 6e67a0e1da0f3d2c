import fc from 'fast-check';
import { expect, test } from 'vitest';
import en from '../locales/en/sentences.json' with { type: 'json' };
import { literals, withoutComments } from '../../test/texts/used-keys.ts';
import { sourceFiles } from '../../test/texts/text-files.ts';
import { sentenceParams, sentenceText, withSentences, type Sentence } from './sentences.ts';
import { errorText } from './text.ts';

const place: Sentence = {
  key: 'drain.no-place',
  params: {
    pod: 'shop/db-0',
    obstacles: [
      { key: 'obstacle.taint', params: { number: 2 } },
      { key: 'obstacle.no-room', params: { number: 1 } },
    ],
  },
};
const refused: Sentence = { key: 'prometheus.refused', params: { problem: 'connect ECONNREFUSED 10.0.0.9:9090' } };
const alerts: Sentence = { key: 'gate.unknown-alerts', params: { reason: [refused] } };

test('sentences are flat where they are kept, and are told in the language of the reader', () => {
  const params = { node: 'a', ...sentenceParams('what', [place, alerts]) };
  expect(Object.values(params).every((value) => typeof value !== 'object')).toBe(true);

  expect(errorText('ko', 'DRAIN_BLOCKED', params).cause).toBe(
    'a 노드를 드레인할 수 없습니다: shop/db-0: 옮길 수 있는 노드가 없음(허용하지 않는 테인트가 있는 노드 2개, 자원이 부족한 노드 1개); ' +
      '경보를 확인할 수 없음(연결 거부됨: 10.0.0.9:9090).',
  );
  expect(sentenceText('en', [place])).toBe(
    'shop/db-0: fits on no other node: 2 with a taint that it does not tolerate, 1 without room',
  );
});

test('a value that an older release wrote in words stays as it is, and a sentence that nobody knows is its key', () => {
  expect(errorText('ko', 'DRAIN_BLOCKED', { node: 'a', what: 'shop/x: has two budgets' }).cause).toContain(
    'shop/x: has two budgets',
  );
  expect(withSentences('ko', { 'what.0': 'of.another-release' })['what']).toBe('of.another-release');
});

test('whatever a journal says is told to its end', () => {
  const name = fc.constantFrom(
    'what.0',
    'what.1',
    'what.0.pod',
    'what.0.0',
    'what.0.0.0',
    'what.',
    '.0',
    'constructor.0',
  );
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(fc.string(), fc.integer(), fc.constantFrom('drain.emptydir'))),
      (params) => {
        const told = withSentences('en', params);
        for (const [one, value] of Object.entries(params)) expect(told[one]).toBe(value);
      },
    ),
  );
});

test('no sentence is left over', () => {
  const used = sourceFiles(false).flatMap(({ text }) => literals(withoutComments(text)));
  const keys = Object.entries(en).flatMap(([group, its]) => Object.keys(its).map((key) => `${group}.${key}`));
  expect(keys.filter((key) => !used.some((one) => one.matches(key)))).toEqual([]);
});
