import { afterEach } from 'vitest';

/** A setup file of the vitest project: whoever takes a testbed down knows then whether it is worth a look. */
let failed = 0;

afterEach(({ task }) => {
  if (task.result?.state === 'fail') failed++;
});

/** Tests of this file that have failed so far. */
export function failedTests(): number {
  return failed;
}
