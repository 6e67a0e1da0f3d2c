import type { NodeOutcome, StopReason } from '../run.ts';

/**
 * Failed, refused, unreachable and timed-out nodes count together, against all targets, also those that failed before
 * the first batch: a tool that forgets the unreachable ones rolls a broken change on (ansible/ansible#56265).
 */
export function failureStop(outcomes: Iterable<NodeOutcome>, max: number): StopReason | undefined {
  let failures = 0;
  for (const { ending } of outcomes) if (isFailure(ending)) failures += 1;
  return failures > max ? { why: 'failures', failures, max } : undefined;
}

function isFailure(ending: NodeOutcome['ending']): boolean {
  return ending !== 'done' && ending !== 'not-started' && ending !== 'interrupted';
}
