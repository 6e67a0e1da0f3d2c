import type { StepResult } from '../actions/action.ts';
import { isNodemendError } from '../errors/nodemend-error.ts';
import { redactParams, redactResult, redactWords } from './rollout/redact-result.ts';
import type { Verification } from './verification.ts';

export type Checked = Pick<Verification, 'state' | 'detail' | 'code' | 'params'>;

interface VerifyingStep<Context> {
  readonly perform: (context: Context) => Promise<StepResult>;
}

/**
 * Takes the verifying steps of an action, on a node or on an object of the API, until one says no. @throws what a step
 * throws
 */
export async function runVerifying<Context>(
  steps: readonly VerifyingStep<Context>[],
  context: Context,
): Promise<Checked> {
  let detail = '';
  for (const step of steps) {
    const result = redactResult(await step.perform(context));
    ({ detail } = result);
    if (result.outcome === 'rejected' || result.outcome === 'refused') {
      const { code, params } = result;
      return { state: result.outcome === 'rejected' ? 'broken' : 'unknown', detail, code, params };
    }
  }
  return { state: 'holds', detail };
}

/** Why something could not be verified. */
export function unverified(error: unknown): Checked {
  const detail = redactWords(error instanceof Error ? error.message : String(error));
  return {
    state: 'unknown',
    detail,
    ...(isNodemendError(error) ? { code: error.code, params: redactParams(error.params) } : {}),
  };
}
