import { expect, test } from 'vitest';
import { measureProbeCost } from './probe-cost.ts';

test(
  'the probes of container-logs and of images come to their end on a node with many containers, also when its disk is ' +
    'full; what it cost is printed',
  async () => {
    // At this size starting its processes is most of it, and the machine is busy with other tests: the bar is for the
    // bench.
    const said: string[] = [];
    const results = await measureProbeCost({
      containers: 40,
      files: 1_000,
      rounds: 2,
      bySection: false,
      report: (line) => said.push(line),
    });
    console.log([...said, ...results.map(({ what, measured }) => `${what}: ${measured}`)].join('\n'));

    expect(results.map(({ held }) => held)).toEqual([undefined, true, undefined]);
  },
);
