import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { containerd, driftTexts, having, reportOf, rule } from '../../testing/sample-drift.ts';
import { driftDocument } from './document.ts';
import { printedSchema } from '../published.ts';
import { driftSchema } from './schema.ts';
import { jsonText } from '../json-text.ts';

const english = driftTexts('en');
const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
});
const validate = ajv.compile(printedSchema('drift'));
const others = rule.replace('rotate 3', 'rotate 10');

const every = [
  ['a-1', having(rule)],
  ['a-2', having(others)],
  ['a-3', having(`# x\n${rule}`)],
  ['a-4', having(undefined)],
  ['a-5', having(rule, 0o666)],
  ['b-1', containerd()],
  ['b-2', containerd(rule)],
  ['c-1', 'silent'],
] as const;

test.each([
  ['a source', reportOf(every, rule)],
  ['a tie', reportOf(every)],
  [
    'a majority',
    reportOf([
      ['a', having(rule)],
      ['b', having(rule)],
      ['c', having(others)],
    ]),
  ],
  [
    'a majority without the file',
    reportOf([
      ['a', having(undefined)],
      ['b', having(undefined)],
      ['c', having(rule)],
    ]),
  ],
  ['one node', reportOf([['a', having(rule)]])],
])('%s: valid by the published schema and by its source', (_name, report) => {
  const document: unknown = JSON.parse(jsonText(driftDocument(report, 3, english)));

  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(driftSchema.parse(document)).toEqual(document);
});

test('says of each node how it stands, in bytes and in meaning', () => {
  const { nodes, reference } = driftDocument(reportOf(every, rule), 3, english);

  expect(reference).toMatchObject({ kind: 'source', file: 'docker.conf' });
  expect(nodes.map(({ name, group, state, changes }) => [name, group, state, changes])).toEqual([
    ['a-1', 'a', 'same', []],
    ['a-2', 'a', 'other-meaning', ['rotate 10 → 3']],
    ['a-3', 'a', 'other-bytes', []],
    ['a-4', 'a', 'missing', []],
    ['a-5', 'a', 'not-in-force', []],
    ['b-1', 'b', 'not-expected', []],
    ['b-2', 'b', 'unexpected', []],
    ['c-1', undefined, 'unknown', []],
  ]);
  expect(nodes.map(({ diff }) => diff !== null)).toEqual([false, true, true, false, false, false, false, false]);
  expect(nodes.at(-1)).toMatchObject({ sha256: null, reason: 'timed-out' });
});

test('the schema refuses what is not a comparison', () => {
  const document = driftDocument(reportOf(every, rule), 3, english);

  expect(validate({ ...document, exitCode: 4 })).toBe(false);
  expect(validate({ ...document, extra: true })).toBe(false);
});
