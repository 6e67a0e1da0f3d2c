import { errorText } from '../../errors/text.ts';
import { systemTiming } from '../../kubernetes/timing.ts';
import type { StepResult } from '../action.ts';
import type { ClusterActionContext } from '../cluster-action.ts';

/** What becomes of a step that waits for the cluster, and for how many seconds it would have: nobody does. */
export async function waited(
  { api, patience = 'wait' }: Pick<ClusterActionContext, 'api'> & Partial<Pick<ClusterActionContext, 'patience'>>,
  work: (context: ClusterActionContext) => Promise<StepResult>,
): Promise<readonly [StepResult, number]> {
  let ms = 0;
  const result = await work({
    api,
    run: 'run-1',
    redact: (text) => text,
    timing: { ...systemTiming, monotonicMs: () => ms, sleep: async (by) => void (ms += by) },
    patience,
    signal: new AbortController().signal,
    secret: () => undefined,
  });
  return [result, ms / 1000];
}

/** Why it was rejected, as a reader of Korean has it. */
export function inKorean(result: StepResult): string {
  if (result.outcome !== 'rejected') throw new Error(JSON.stringify(result));
  return errorText('ko', result.code, result.params).cause;
}
