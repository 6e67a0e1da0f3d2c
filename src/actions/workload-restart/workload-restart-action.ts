import type { ClusterActionBase } from '../cluster-action.ts';

/** Has a controller replace the pods of a workload, which then read what another action of the run changed. */
export interface WorkloadRestartAction extends ClusterActionBase {
  readonly kind: 'workload-restart';
  readonly disrupts: 'restart';
  /** Another object under the same name is not touched. */
  readonly uid: string;
  /** The run that restarted it before, by the annotation that this one replaces; absent where it has none. */
  readonly before?: string;
  /** Id of the action whose change its pods have to read. */
  readonly reads: string;
}
