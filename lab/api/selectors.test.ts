import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from './objects.ts';
import { fieldSelector, labelSelector, type Matches } from './selectors.ts';

const labelled = (labels: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels },
  spec: { nodeName: 'w' },
});

function matches(selector: string, labels: Readonly<Record<string, string>>): boolean {
  const parsed = labelSelector(selector);
  if (typeof parsed !== 'function') throw new Error(`refused: ${selector}`);
  return parsed(labelled(labels));
}

test.each([
  ['pool=blue', true],
  ['pool==blue', true],
  ['pool!=blue', false],
  ['other!=blue', true],
  ['pool', true],
  ['!pool', false],
  ['!other', true],
  ['pool in (green, blue)', true],
  ['pool notin (green,blue)', false],
  ['other notin (green)', true],
  ['pool=blue,other', false],
  ['pool in (green,blue),zone=a,!other', true],
  ['example.test/role=', true],
])('%s', (selector, expected) => {
  expect(matches(selector, { pool: 'blue', zone: 'a', 'example.test/role': '' })).toBe(expected);
});

test.each(['=', 'a=b=c', 'a in b', 'a b', 'a in (b'])('%j is refused', (selector) => {
  expect(labelSelector(selector)).toMatchObject({ code: 400 });
});

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);

test('a requirement and its opposite never agree', () => {
  fc.assert(
    fc.property(fc.dictionary(word, word), word, fc.array(word, { minLength: 1 }), (labels, key, values) => {
      expect(matches(`${key}=${values[0]}`, labels)).toBe(!matches(`${key}!=${values[0]}`, labels));
      expect(matches(key, labels)).toBe(!matches(`!${key}`, labels));
      expect(matches(`${key} in (${values.join(',')})`, labels)).toBe(
        !matches(`${key} notin (${values.join(',')})`, labels),
      );
    }),
  );
});

test('never throws, whatever it is given', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const parsed of [labelSelector(text), fieldSelector(text)]) {
        if (typeof parsed === 'function') (parsed satisfies Matches)(labelled({ a: 'b' }));
        else expect(parsed.code).toBe(400);
      }
    }),
  );
});

test('fields by path; one that is not there is the empty text', () => {
  const select = (text: string) => {
    const parsed = fieldSelector(text);
    return typeof parsed === 'function' && parsed(labelled({}));
  };
  expect(select('spec.nodeName=w,metadata.name!=m')).toBe(true);
  expect(select('spec.nodeName!=w')).toBe(false);
  expect(select('status.phase=')).toBe(true);
});
