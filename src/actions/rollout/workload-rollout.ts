import type { JsonObject } from '../../kubernetes/api.ts';

export type RolloutProgress =
  | { readonly state: 'complete'; readonly words: string }
  /** It will not go on by itself. */
  | { readonly state: 'failed'; readonly reason: string }
  /** `pods` change with every one that is replaced; absent where its controller has not seen the change yet. */
  | { readonly state: 'waiting'; readonly pods?: PodCounts };

export interface PodCounts {
  readonly wanted: number;
  /** Those with the new template. */
  readonly updated: number;
  readonly available: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Kinds of group `apps` whose controller replaces their pods when the template changes. */
export const rollingKinds = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/**
 * How far a workload has got with replacing its pods, by the rules of `kubectl rollout status` (kubectl
 * pkg/polymorphichelpers/rollout_status.go). Pure.
 */
export function rolloutProgress(workload: JsonObject): RolloutProgress {
  const [spec, status] = [fieldsOf(workload['spec']), fieldsOf(workload['status'])];
  const generation = numberOf(fieldsOf(workload['metadata'])['generation']);
  if (numberOf(status['observedGeneration']) < generation) return { state: 'waiting' };
  switch (workload['kind']) {
    case 'Deployment':
      return deploymentProgress(spec, status);
    case 'StatefulSet':
      return statefulSetProgress(spec, status);
    default:
      return daemonSetProgress(spec, status);
  }
}

function deploymentProgress(spec: Fields, status: Fields): RolloutProgress {
  if (spec['paused'] === true)
    return { state: 'complete', words: 'its rollout is paused: pods are replaced when it goes on' };
  const conditions = Array.isArray(status['conditions']) ? status['conditions'].map(fieldsOf) : [];
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  if (progressing?.['reason'] === 'ProgressDeadlineExceeded')
    return { state: 'failed', reason: 'ProgressDeadlineExceeded' };
  const wanted = numberOf(spec['replicas'] ?? 1);
  const [all, updated, available] = [
    numberOf(status['replicas']),
    numberOf(status['updatedReplicas']),
    numberOf(status['availableReplicas']),
  ];
  return soFar({ wanted, updated, available, isOver: updated >= wanted && all <= updated && available >= updated });
}

function statefulSetProgress(spec: Fields, status: Fields): RolloutProgress {
  const strategy = fieldsOf(spec['updateStrategy']);
  if (strategy['type'] === 'OnDelete') return onDelete;
  const wanted = numberOf(spec['replicas'] ?? 1);
  const partition = numberOf(fieldsOf(strategy['rollingUpdate'])['partition']);
  const [updated, available] = [numberOf(status['updatedReplicas']), numberOf(status['readyReplicas'])];
  const isWhole =
    partition > 0 ? updated >= Math.max(wanted - partition, 0) : status['updateRevision'] === status['currentRevision'];
  return soFar({ wanted: Math.max(wanted - partition, 0), updated, available, isOver: available >= wanted && isWhole });
}

function daemonSetProgress(spec: Fields, status: Fields): RolloutProgress {
  if (fieldsOf(spec['updateStrategy'])['type'] === 'OnDelete') return onDelete;
  const wanted = numberOf(status['desiredNumberScheduled']);
  const [updated, available] = [numberOf(status['updatedNumberScheduled']), numberOf(status['numberAvailable'])];
  return soFar({ wanted, updated, available, isOver: updated >= wanted && available >= wanted });
}

const onDelete = { state: 'complete', words: 'its pods are replaced when somebody deletes them (OnDelete)' } as const;

function soFar({ isOver, ...pods }: PodCounts & { readonly isOver: boolean }): RolloutProgress {
  if (!isOver) return { state: 'waiting', pods };
  return { state: 'complete', words: `${pods.updated} of ${pods.wanted} pods new, ${pods.available} available` };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
