import type { JsonObject } from '../../kubernetes/api.ts';
import { texts } from '../../kubernetes/json-fields.ts';
import type { ObjectState } from '../cluster-action.ts';
import { valueAt } from '../json-pointer.ts';
import { metadataOf } from '../read-object.ts';
import type { WorkloadRestartAction } from './workload-restart-action.ts';

/** An annotation of the pod template, as `kubectl rollout restart` leaves one: with the run, and without a time. */
export const restartMark = 'nodemend.dev/restarted-by';

export function annotationsOf(workload: JsonObject): Readonly<Record<string, string>> {
  return texts(valueAt(workload, '/spec/template/metadata/annotations'));
}

/** Whether it is the workload that was meant, and its pods those of before or of the run. Pure. */
export function restartState(
  { uid, before }: Pick<WorkloadRestartAction, 'uid' | 'before'>,
  now: JsonObject | undefined,
  run: string,
): ObjectState {
  if (now === undefined || metadataOf(now).uid !== uid) return 'moved';
  const mark = annotationsOf(now)[restartMark];
  if (mark === run) return 'applied';
  return mark === before ? 'as-before' : 'moved';
}
