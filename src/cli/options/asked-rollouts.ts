import { NodemendError } from '../../errors/nodemend-error.ts';
import { parseRollout, type Rollout } from '../../evidence/rate-limit/rollout.ts';
import type { AskedRollouts } from '../../app/rate-limit/collect-rate-limit.ts';
import { oneNamespace } from './secret-namespaces.ts';

interface RolloutOptions {
  readonly whatIf?: readonly string[];
  readonly namespace?: string;
}

/** @throws NodemendError USAGE for what is not a rollout, and where the namespace is not said */
export function askedRollouts({ whatIf: written, namespace }: RolloutOptions): AskedRollouts | undefined {
  const needs = (typed: string, other: string): NodemendError =>
    new NodemendError('USAGE', { context: 'needs', command: 'rate-limit', typed, other });
  if (written === undefined && namespace !== undefined) throw needs('--namespace', '--what-if');
  if (written === undefined) return undefined;
  if (namespace === undefined) throw needs('--what-if', '--namespace');
  return { namespace: oneNamespace(namespace, 'rate-limit'), rollouts: written.map(rolloutOf) };
}

function rolloutOf(value: string): Rollout {
  const rollout = parseRollout(value);
  if (rollout === undefined)
    throw new NodemendError('USAGE', { context: 'rollout', command: 'rate-limit', typed: '--what-if', value });
  return rollout;
}
