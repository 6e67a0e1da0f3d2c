import { expect, test } from 'vitest';
import { measureReseed } from './reseed.ts';

/** Two other files run beside it. */
const timeout = 240_000;

test('an image comes to each node by both ways, as it is', { timeout }, async () => {
  const said: string[] = [];
  // A node that lacks it, or has another one, throws.
  const results = await measureReseed({ nodes: 3, megabytes: 3, mbit: 50, report: (line) => said.push(line) });
  console.log([...said, ...results.map(({ what, measured }) => `${what}: ${measured}`)].join('\n'));
  expect(results).toHaveLength(2);
});
