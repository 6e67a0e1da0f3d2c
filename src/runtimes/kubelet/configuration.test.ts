import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configurationKeys, type KubeletKeys } from './configuration.ts';

interface Answer {
  readonly key:
    | 'containerLogMaxSize'
    | 'containerLogMaxFiles'
    | 'maxPods'
    | 'imageGCHighThresholdPercent'
    | 'evictionHard';
  readonly value: string;
  /** Null where kubelet does not start. */
  readonly read: string | number | Readonly<Record<string, string>> | null;
}

/** What kubelet's own decoder said (testbed/oracles/kubelet-values). */
const answers = readFileSync(join(import.meta.dirname, 'fixtures/values.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Answer);

const defaults: Readonly<Record<string, unknown>> = {
  containerLogMaxSize: '10Mi',
  containerLogMaxFiles: 5,
  maxPods: 110,
  imageGCHighThresholdPercent: 85,
};

function readKeys(yaml: string): KubeletKeys | undefined {
  return configurationKeys({ content: Buffer.from(yaml).toString('latin1') });
}

test('values are those that kubelet reads, and what it does not start with is refused', () => {
  const wrong = answers.flatMap(({ key, value, read }) => {
    const keys = readKeys(`kind: KubeletConfiguration\n${key}: ${value}\n`);
    const ours = keys === undefined || keys.refused !== undefined ? null : (keys[key] ?? defaults[key]);
    return JSON.stringify(ours) === JSON.stringify(read) ? [] : [{ key, value, read, ours }];
  });

  expect(answers.length).toBeGreaterThan(200);
  expect(answers.filter(({ read }) => read === null).length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

test('the value is told as it was read', () => {
  expect(readKeys('containerLogMaxSize: 10485760\n')?.refused).toEqual({
    key: 'containerLogMaxSize',
    value: '10485760',
  });
  expect(readKeys('containerLogMaxFiles: "5"\n')?.refused).toEqual({ key: 'containerLogMaxFiles', value: '"5"' });
});
