import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../../kubernetes/json-fields.ts';
import type { Labels } from '../../../kubernetes/label-selector.ts';
import { nodeState, type ApiNodeState } from '../cluster-nodes.ts';
import { readResources, type Resources } from './pod-requests.ts';
import { readTaint, type Taint } from './taints.ts';

/** A node, as the scheduler sees it. */
export interface SchedulingNode extends ApiNodeState {
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  /** Undefined where its kubelet has told none. */
  readonly allocatable: Resources | undefined;
  /** `v1.34.4`; empty where its kubelet has told none. */
  readonly kubeletVersion: string;
}

export function readSchedulingNode(raw: JsonObject): SchedulingNode {
  const status = object(raw['status']);
  return {
    ...nodeState(raw),
    labels: texts(object(raw['metadata'])['labels']),
    taints: objects(object(raw['spec'])['taints']).map(readTaint),
    allocatable: status['allocatable'] === undefined ? undefined : readResources(status['allocatable']),
    kubeletVersion: text(object(status['nodeInfo'])['kubeletVersion']),
  };
}
