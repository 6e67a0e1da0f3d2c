import { clusterActionKind } from '../actions/cluster-action-kinds.ts';
import type { ClusterActionContext, ClusterActionSpec } from '../actions/cluster-action.ts';
import { objectWords } from '../actions/object-words.ts';
import { isNodemendError } from '../errors/nodemend-error.ts';
import { redactText } from '../evidence/redact.ts';
import { systemTiming } from '../kubernetes/timing.ts';
import type { ClusterRecord, ObjectPhase } from './rollout/cluster-objects/cluster-record.ts';
import { redactWords } from './rollout/redact-result.ts';
import type { RunWorld } from './rollout/run-request.ts';
import type { Verification } from './verification.ts';

type Asking = Pick<RunWorld, 'api' | 'signal' | 'timing'>;

/** What a run's changes of objects are worth now. An object that the run never came to is left out. */
export async function verifyObjects(world: Asking, record: ClusterRecord): Promise<readonly Verification[]> {
  const verifications: Verification[] = [];
  for (const [index, action] of record.actions.entries()) {
    const phase = record.phases[index] ?? 'planned';
    if (phase !== 'planned' && phase !== 'already') verifications.push(await verifyObject(world, record, { action, phase }));
  }
  return verifications;
}

interface Placed {
  readonly action: ClusterActionSpec;
  readonly phase: ObjectPhase;
}

async function verifyObject({ api, signal, timing = systemTiming }: Asking, { run }: ClusterRecord, { action, phase }: Placed): Promise<Verification> {
  const head = { node: '', subject: objectWords(action.object) };
  if (phase === 'undone') return { ...head, state: 'undone', detail: '' };
  if (!api) return { ...head, state: 'unknown', detail: '' };
  const context: ClusterActionContext = { api, run, redact: redactText, timing, patience: 'look', signal, secret: () => undefined };
  const kind = clusterActionKind(action.kind);
  try {
    const found = await kind.inspect(action, context);
    if (found !== 'applied') return { ...head, state: 'changed', detail: found };
    return { ...head, ...(await runVerifying(kind.verify(action), context)) };
  } catch (error) {
    const detail = redactWords(error instanceof Error ? error.message : String(error));
    return { ...head, state: 'unknown', detail, ...(isNodemendError(error) ? { code: error.code } : {}) };
  }
}

async function runVerifying(steps: ReturnType<ReturnType<typeof clusterActionKind>['verify']>, context: ClusterActionContext): Promise<Pick<Verification, 'state' | 'detail' | 'code'>> {
  let detail = '';
  for (const step of steps) {
    const result = await step.perform(context);
    detail = redactWords(result.detail);
    if (result.outcome === 'rejected') return { state: 'broken', detail };
    if (result.outcome === 'refused') return { state: 'unknown', detail, code: result.code };
  }
  return { state: 'holds', detail };
}
