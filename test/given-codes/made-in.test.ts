import { expect, it } from 'vitest';
import { NodemendError } from '../../src/errors/nodemend-error.ts';
import { readPlan } from '../../src/engine/read-plan.ts';
import { isOfProduct, madeIn } from './made-in.ts';

function thrownBy(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).stack ?? '';
  }
  return '';
}

it('an error is of the file that made it', () => {
  expect(madeIn(new NodemendError('PLAN_EMPTY').stack ?? '')).toBe(import.meta.filename);
  expect(madeIn(thrownBy(() => readPlan('{', 'plan.json')))).toMatch(/\/src\/engine\/.*\.ts$/);
});

it.each([
  'at file:///p/src/engine/read-plan.test.ts?vitest=1764586122:9:5',
  'at thrownBy (file:///p/src/engine/read-plan.test.ts?vitest=1764586122:9:5)',
  'at thrownBy (/p/src/engine/read-plan.test.ts:9:5)',
])('%s is of the test itself', (call) =>
  expect(madeIn(`NodemendError: PLAN_EMPTY\n    ${call}`)).toBe('/p/src/engine/read-plan.test.ts'),
);

it.each([
  ['/p/src/engine/read-plan.ts', true],
  ['/p/lab/daemon/start.ts', true],
  ['/p/src/engine/read-plan.test.ts', false],
  ['/p/src/app/testing/sample-plan.ts', false],
  ['/p/src/transport/testing/contract.ts', false],
  ['/p/test/end-to-end/suites/a.ts', false],
  ['', false],
])('%s is the product’s: %s', (path, expected) => expect(isOfProduct(path)).toBe(expected));
