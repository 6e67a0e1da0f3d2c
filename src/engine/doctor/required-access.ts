import { endpointConfigMap, felixResource } from '../../evidence/calico/collect-calico.ts';
import { volumeResources } from '../../evidence/volumes/collect-volumes.ts';
import { workloadKinds } from '../../evidence/workloads/collect-workloads.ts';
import type { Access } from '../../kubernetes/api.ts';
import { defaultObjects } from '../../platforms/nks/default-objects.ts';
import { defaultLease, recordNamespaceOf } from '../default-lease.ts';

/** A permission that nodemend uses, and the shipped role that grants it. */
export interface RequiredAccess extends Access {
  readonly role: 'nodemend-read' | 'nodemend-change' | 'nodemend-pod';
}

/** Namespaces. */
export interface AccessPlaces {
  readonly lease: string;
  /** Of nodemend's pods; undefined when nobody asked for `--via pod`. */
  readonly pods?: string | undefined;
}

/**
 * Exactly what the commands ask of the API server, no more: a permission that nothing uses is one that an audit has to
 * explain. `nodemend-read` is enough for doctor, diagnose, plan and bundle; `nodemend-change` is what apply, undo and
 * resume add, and `nodemend-pod` what `--via pod` adds. A test holds that the roles in `deploy/` are these.
 */
export function requiredAccess({ lease: leaseNamespace, pods }: AccessPlaces): readonly RequiredAccess[] {
  const lease = {
    role: 'nodemend-change',
    group: 'coordination.k8s.io',
    resource: 'leases',
    namespace: leaseNamespace,
  } as const;
  return [
    { role: 'nodemend-read', verb: 'get', group: '', resource: 'namespaces', name: 'kube-system' },
    { role: 'nodemend-read', verb: 'list', group: '', resource: 'nodes' },
    { role: 'nodemend-read', verb: 'list', group: '', resource: 'pods' },
    { role: 'nodemend-read', verb: 'list', group: '', resource: 'events' },
    ...[...workloadKinds, ...Object.values(volumeResources)].map(
      ({ group, resource }) => ({ role: 'nodemend-read', verb: 'list', group, resource }) as const,
    ),
    ...upgradeAccess,
    ...calicoAccess,
    leaseNamespaceAccess(leaseNamespace),
    // RBAC cannot name what is not there yet (kubernetes.io/docs/reference/access-authn-authz/rbac, "Referring to
    // resources").
    { ...lease, verb: 'create' },
    { ...lease, verb: 'get', name: defaultLease.name },
    { ...lease, verb: 'update', name: defaultLease.name },
    // A run that changes objects of the API keeps its record where nothing else is.
    ...(['create', 'get', 'list', 'update'] as const).map(
      (verb) =>
        ({
          role: 'nodemend-change',
          verb,
          group: '',
          resource: 'configmaps',
          namespace: recordNamespaceOf({ namespace: leaseNamespace }),
        }) as const,
    ),
    ...(pods === undefined ? [] : podAccess(pods)),
  ];
}

/** What is read before an upgrade. */
const upgradeAccess: readonly RequiredAccess[] = [
  { role: 'nodemend-read', verb: 'list', group: 'policy', resource: 'poddisruptionbudgets' },
  { role: 'nodemend-read', verb: 'list', group: 'apiregistration.k8s.io', resource: 'apiservices' },
  ...defaultObjects
    .filter(({ namespace }) => namespace === undefined)
    .map(({ group, resource, name }) => ({ role: 'nodemend-read', verb: 'get', group, resource, name }) as const),
];

/** By which Calico is told what to do, beside its workloads. */
const calicoAccess: readonly RequiredAccess[] = [
  { role: 'nodemend-read', verb: 'list', group: felixResource.group, resource: felixResource.resource },
  { role: 'nodemend-read', verb: 'get', group: '', resource: 'configmaps', name: endpointConfigMap.name },
];

/** By which doctor tells that the namespace is missing. RBAC takes a namespace for something in itself. */
export function leaseNamespaceAccess(name: string): RequiredAccess {
  return { role: 'nodemend-change', verb: 'get', group: '', resource: 'namespaces', namespace: name, name };
}

function podAccess(namespace: string): readonly RequiredAccess[] {
  const inPods = { role: 'nodemend-pod', group: '', resource: 'pods', namespace } as const;
  return [
    { ...inPods, verb: 'create', group: 'batch', resource: 'jobs' },
    { ...inPods, verb: 'delete', group: 'batch', resource: 'jobs' },
    { ...inPods, verb: 'list' },
    { ...inPods, verb: 'watch' },
    // A WebSocket begins with a GET; from 1.35 on the server asks for create as well
    // (AuthorizePodWebsocketUpgradeCreatePermission).
    { ...inPods, verb: 'get', subresource: 'exec' },
    { ...inPods, verb: 'create', subresource: 'exec' },
    { ...inPods, verb: 'list', resource: 'events' },
  ];
}
