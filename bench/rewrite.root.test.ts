import { expect, it } from 'vitest';
import { measureRewrite } from './rewrite.ts';

it('nodemend rewrite finds in many files what grep finds', () => {
  // At this size starting Node is most of it, so the time is only printed.
  const report = (line: string): void => void process.stdout.write(`${line}\n`);
  for (const ofInterest of [2, 1_400])
    expect(measureRewrite({ files: 4_000, ofInterest, runs: 1, report })).toHaveLength(1);
});
