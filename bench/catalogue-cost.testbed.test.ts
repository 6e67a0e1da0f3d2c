import { expect, test } from 'vitest';
import { measureCatalogueCost } from './catalogue-cost.ts';

/** Two other files run beside it. */
const timeout = 600_000;

test(
  'the probes of the whole catalogue come to their end on a real node, and start each client of a daemon once',
  { timeout },
  async () => {
    // What it cost is printed; the bar is for the bench.
    const results = await measureCatalogueCost({
      containers: 30,
      images: 6,
      rounds: 2,
      bySection: false,
      report: () => undefined,
    });
    console.log(results.map(({ what, measured }) => `${what}: ${measured}`).join('\n'));

    const [, ...clients] = results;
    expect(clients.map(({ what }) => /: (\w+) beside it/.exec(what)?.[1])).toEqual(['ctr', 'systemctl']);
    expect(clients.map(({ held }) => held)).toEqual([true, true]);
  },
);
