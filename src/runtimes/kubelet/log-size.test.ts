import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseLogSize } from './log-size.ts';

interface Answer {
  readonly text: string;
  readonly bytes: number | null;
}

/** What kubelet's own parser said (testbed/oracles/log-size). */
const answers = readFileSync(join(import.meta.dirname, 'fixtures/log-sizes.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Answer);

test('sizes of logs are those that kubelet reads, and what it does not start with is none', () => {
  expect(answers.filter(({ bytes }) => bytes === null).length).toBeGreaterThan(300);
  expect(answers.filter(({ bytes }) => bytes !== null).length).toBeGreaterThan(100);
  expect(
    answers
      .map((answer) => ({ ...answer, read: parseLogSize(answer.text) ?? null }))
      .filter(({ bytes, read }) => bytes !== read),
  ).toEqual([]);
});

test.each(['10m', '0.5Gi', '10MB', '1000m', '1.0Mi'])('%s is a size that kubelet refuses', (text) => {
  expect(parseLogSize(text)).toBeUndefined();
});
