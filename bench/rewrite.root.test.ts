import { expect, it } from 'vitest';
import { measureRewrite } from './rewrite.ts';

it('nodemend rewrite finds in many files what grep finds', () => {
  // At this size starting Node is most of it, so the time is only printed.
  expect(measureRewrite({ files: 4_000, runs: 1, report: (line) => process.stdout.write(`${line}\n`) })).toHaveLength(
    1,
  );
});
