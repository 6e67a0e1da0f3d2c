import { expect, test } from 'vitest';
import { imageHold } from '../../images/pins/image-hold.ts';
import { asServed, someHold } from '../../images/pins/testing/some-hold.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { manifestState } from './manifest-state.ts';

const [before, after] = [imageHold(someHold()), imageHold(someHold({ nodes: ['worker-1', 'worker-2'] }))];
const change = { from: before, to: after };
const state = (now: JsonObject) =>
  manifestState(change as unknown as Parameters<typeof manifestState>[0], now, { run: 'run-1' });

function withField(name: string, notes: readonly unknown[] = []): JsonObject {
  const served = asServed(before, notes);
  return { ...served, spec: { ...(served['spec'] as JsonObject), [name]: 'Default' } };
}

test('what a newer server has filled in since is not what somebody has changed since', () => {
  const theirs = { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': { 'f:rolloutBudget': {} } } };

  expect(state(asServed(before))).toBe('as-before');
  expect(state(withField('rolloutBudget'))).toBe('as-before');
  expect(state(withField('rolloutBudget', [theirs]))).toBe('moved');
  expect(state(withField('minReadySeconds'))).toBe('moved');
});
