import { clusterActionKind } from '../actions/cluster-action-kinds.ts';
import type { ClusterActionContext } from '../actions/cluster-action.ts';
import type { ClusterActionSpec } from '../actions/cluster-action-kinds.ts';
import { objectWords } from '../actions/object-words.ts';
import { redactText } from '../evidence/redact.ts';
import { systemTiming } from '../kubernetes/timing.ts';
import type { ClusterRecord, ObjectPhase } from './rollout/cluster-objects/cluster-record.ts';
import type { RunDependencies } from './rollout/run-request.ts';
import { runVerifying, unverified } from './run-verifying.ts';
import type { Verification } from './verification.ts';

type Asking = Pick<RunDependencies, 'api' | 'signal' | 'timing'>;

/** What a run's changes of objects are worth now. An object that the run never came to is left out. */
export async function verifyObjects(dependencies: Asking, record: ClusterRecord): Promise<readonly Verification[]> {
  const verifications: Verification[] = [];
  for (const [index, action] of record.actions.entries()) {
    const phase = record.phases[index] ?? 'planned';
    if (phase !== 'planned' && phase !== 'already')
      verifications.push(await verifyObject(dependencies, record, { action, phase }));
  }
  return verifications;
}

interface Placed {
  readonly action: ClusterActionSpec;
  readonly phase: ObjectPhase;
}

async function verifyObject(
  { api, signal, timing = systemTiming }: Asking,
  { run }: ClusterRecord,
  { action, phase }: Placed,
): Promise<Verification> {
  const head = { node: '', subject: objectWords(action.object) };
  if (phase === 'undone') return { ...head, state: 'undone', detail: '' };
  if (!api) return { ...head, state: 'unknown', detail: '' };
  const context: ClusterActionContext = {
    api,
    run,
    redact: redactText,
    timing,
    patience: 'look',
    signal,
    secret: () => undefined,
  };
  const kind = clusterActionKind(action.kind);
  try {
    const found = await kind.inspect(action, context);
    if (found !== 'applied') return { ...head, state: 'changed', detail: found };
    return { ...head, ...(await runVerifying(kind.verify(action), context)) };
  } catch (error) {
    return { ...head, ...unverified(error) };
  }
}
