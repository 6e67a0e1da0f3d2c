import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPlan } from '../../engine/read-plan.ts';
import { readEarlierAnswer } from '../rate-limit/earlier-answer.ts';
import { heldToSchema } from './testing/held-to-schema.ts';

/**
 * What nodemend 0.1 printed, at its commit 707660ff92f3: `diagnose --bundle examples/sick-cluster.json -o json`, and on a
 * practice cluster of two nodes `container-logs diff`, `plan container-logs` and `rate-limit --image 127.0.0.1:1/a/b
 * --plain-http --via ssh`.
 */
const folder = join(import.meta.dirname, 'testing/written-by-0.1');
const written = (name: string): string => readFileSync(join(folder, `${name}.json`), 'utf8');

test.each(['findings', 'drift', 'plan'])('%s of 0.1 fits the schema that is published now', (name) => {
  expect(heldToSchema(written(name))['schema']).toBe(`nodemend.dev/${name}/v1`);
});

test('a plan of 0.1 is read', () => {
  expect(readPlan(written('plan'), 'plan.json').target).toMatchObject({ context: 'w5rec' });
});

test('an answer of rate-limit is compared with, with a schema and, as 0.1 wrote it, without one', async () => {
  const earlier = await readEarlierAnswer('rate-limit.json', { workingFolder: folder });

  expect([...earlier]).toEqual([
    ['w5rec-app-worker-node-0', undefined],
    ['w5rec-default-worker-node-0', undefined],
  ]);
  expect(written('rate-limit')).not.toContain('"schema"');
  expect(() => heldToSchema(written('rate-limit'))).toThrow('schema');
  const now = { schema: 'nodemend.dev/rate-limit/v1', ...(JSON.parse(written('rate-limit')) as object) };
  expect(heldToSchema(JSON.stringify(now))).toEqual(now);
});
