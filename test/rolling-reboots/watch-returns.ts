import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { object, objects, text } from '../../src/kubernetes/json-fields.ts';
import { follow } from './follow.ts';

/** A node in the moment in which pods may come to it again. */
export interface NodeReturn {
  readonly node: string;
  /** The boot that its kubelet had told of by then. */
  readonly bootId: string;
  readonly ready: boolean;
}

export interface Returns {
  /** In the order in which it happened. */
  readonly seen: readonly NodeReturn[];
  readonly stop: () => Promise<void>;
}

interface NodeNow extends NodeReturn {
  readonly unschedulable: boolean;
}

/** Looks at every change of every node, for the moments in which a cordon is taken off. */
export async function watchReturns(api: KubernetesApi): Promise<Returns> {
  const seen: NodeReturn[] = [];
  const cordoned = new Set<string>();
  const look = ({ unschedulable, ...now }: NodeNow): void => {
    if (unschedulable) cordoned.add(now.node);
    else if (cordoned.delete(now.node)) seen.push(now);
  };
  const { stop } = await follow(api, {
    path: '/api/v1/nodes',
    project: readNode,
    all: (nodes) => nodes.forEach(look),
    changed: (type, node) => (type === 'DELETED' ? void cordoned.delete(node.node) : look(node)),
  });
  return { seen, stop };
}

function readNode(raw: JsonObject): NodeNow {
  const status = object(raw['status']);
  return {
    node: text(object(raw['metadata'])['name']),
    bootId: text(object(status['nodeInfo'])['bootID']),
    ready: objects(status['conditions']).some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    unschedulable: object(raw['spec'])['unschedulable'] === true,
  };
}
