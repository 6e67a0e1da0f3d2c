import { expect, test } from 'vitest';
import { measureFanOut } from './fan-out.ts';

test('every node is read whole by each way, and open connections take no more memory than they may', async () => {
  const said: string[] = [];
  // A node that is not read whole, or a rival that fails on one, throws.
  const results = await measureFanOut({
    nodes: [5],
    runs: 1,
    openConnections: 300,
    mayInstall: false,
    report: (line) => said.push(line),
  });
  console.log([...said, ...results.map(({ what, measured }) => `${what}: ${measured}`)].join('\n'));

  const memory = results.filter(({ what }) => what.includes('memory'));
  expect(memory.map(({ what, held }) => [what, held])).toEqual([
    ['300 open connections: memory of each', true],
    ['300 open connections: memory of the process', true],
  ]);
});
