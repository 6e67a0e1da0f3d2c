import { randomBytes, randomUUID } from 'node:crypto';
import { fieldAt, isFields, textAt, type KubeObject } from '../api/objects.ts';
import { kinds } from '../api/resources.ts';
import type { Change, ObjectStore } from '../api/store.ts';

/**
 * Stands in for the ReplicaSet controller and the scheduler: a pod of a ReplicaSet that goes (evicted, deleted) gets a
 * successor on the node with the fewest pods that takes some, as soon as there is one. It is ready at once, and is
 * nothing but an object: no container of it logs.
 */
export function keepReplicas(store: ObjectStore): void {
  const waiting: KubeObject[] = [];
  store.subscribe((change) => {
    if (change.type === 'DELETED' && isReplica(store, change)) waiting.push(change.object);
    // Not in the middle of a change.
    if (waiting.length > 0) setImmediate(() => place(store, waiting));
  });
}

function isReplica(store: ObjectStore, { resource, object }: Change): boolean {
  if (resource !== kinds.Pod) return false;
  const owners = object.metadata['ownerReferences'];
  const sets = store.list(kinds.ReplicaSet, object.metadata.namespace ?? '');
  return (
    Array.isArray(owners) &&
    sets.some(({ metadata }) => owners.some((owner) => isFields(owner) && owner['uid'] === metadata.uid))
  );
}

function place(store: ObjectStore, waiting: KubeObject[]): void {
  const podsOn = (node: KubeObject): number =>
    store.list(kinds.Pod, '').filter((pod) => textAt(pod, 'spec.nodeName') === node.metadata.name).length;
  const [node] = store
    .list(kinds.Node, '')
    .filter((one) => fieldAt(one, 'spec.unschedulable') !== true && isReady(one))
    .toSorted((one, other) => podsOn(one) - podsOn(other));
  const pod = node && waiting.shift();
  if (pod) store.create(kinds.Pod, successorOf(pod, node));
}

function isReady(node: KubeObject): boolean {
  const conditions = fieldAt(node, 'status.conditions');
  return Array.isArray(conditions) && conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}

function successorOf(pod: KubeObject, node: KubeObject): KubeObject {
  const { resourceVersion: _, creationTimestamp: __, ...metadata } = pod.metadata;
  const set = pod.metadata.name.slice(0, pod.metadata.name.lastIndexOf('-'));
  return {
    ...pod,
    metadata: { ...metadata, name: `${set}-${randomBytes(3).toString('hex').slice(1)}`, uid: randomUUID() },
    spec: { ...(pod['spec'] as object), nodeName: node.metadata.name },
    status: { ...(pod['status'] as object), hostIP: internalIpOf(node) },
  };
}

function internalIpOf(node: KubeObject): unknown {
  const addresses = fieldAt(node, 'status.addresses');
  return Array.isArray(addresses) ? addresses.find(({ type }) => type === 'InternalIP')?.address : undefined;
}
