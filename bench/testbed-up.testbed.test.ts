import { expect, test } from 'vitest';
import { renderResults } from './result.ts';
import { measureTestbedUp } from './testbed-up.ts';

/** Two other files run beside it. */
const timeout = 600_000;

test('three nodes become Ready, one reboots, and all go; how long it took is printed', { timeout }, async () => {
  const said: string[] = [];
  const results = await measureTestbedUp({ runs: 1, report: (line) => said.push(line) });
  console.log(renderResults(results));
  expect(results.map(({ what }) => what)).toEqual([
    'three nodes Ready, from nothing',
    'a node reboots, SSH to SSH',
    'down',
  ]);
  for (const { measured } of results) expect(measured).toMatch(/^\d+\.\d s$/);
  expect(said.at(-1)).toMatch(/run 1: up \d/);
});
