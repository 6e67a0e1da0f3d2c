import { expect, test } from 'vitest';
import { measureDrainPreflight } from './drain-preflight.ts';

test('the drains of a small cluster are planned, each pod with a place', async () => {
  const results = await measureDrainPreflight({
    size: { nodes: 12, pods: 60, workloads: 6 },
    runs: 1,
    report: (line) => console.log(line),
  });
  console.log(results.map(({ what, measured }) => `${what}: ${measured}`).join('\n'));
  expect(results.map(({ held }) => held)).toEqual([true, undefined, true, undefined]);
  expect(results[0]?.what).toContain('(60 pods placed)');
});
