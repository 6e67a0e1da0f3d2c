import type { Workload, WorkloadFacts, WorkloadResource } from '../../evidence/workloads/workload.ts';

/** An object that makes pods, with where it is in the API. */
export interface PlacedWorkload {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly workload: Workload;
}

/** What somebody owns an object by: enough to find it, and to name it. */
export interface OwnerName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** Everything that makes pods, findable by what its pods and its parts say of their owner. */
export interface WorkloadTree {
  readonly all: readonly PlacedWorkload[];
  readonly find: (namespace: string, owner: OwnerName) => PlacedWorkload | undefined;
  /** The known owners of an object, the nearest first. */
  readonly ownersOf: (placed: PlacedWorkload) => readonly PlacedWorkload[];
  /** Whether objects of this kind could not be listed, so that nothing is known of such an owner. */
  readonly isUnobserved: (owner: OwnerName) => boolean;
}

export function workloadTree({ builtIn, custom }: WorkloadFacts): WorkloadTree {
  const resources = [...builtIn, ...(custom.state === 'seen' ? custom.value : [])];
  const all = resources.flatMap(placedOf);
  const byPlace = new Map(all.map((placed) => [placeKey(placed.workload.namespace, placed), placed]));
  const find = (namespace: string, { apiVersion, kind, name }: OwnerName): PlacedWorkload | undefined => {
    const owner = { group: groupOf(apiVersion), kind, workload: { name } };
    // What is in no namespace can own what is in one.
    return byPlace.get(placeKey(namespace, owner)) ?? byPlace.get(placeKey('', owner));
  };
  const ownersOf = (placed: PlacedWorkload): readonly PlacedWorkload[] => {
    const owners: PlacedWorkload[] = [];
    for (let at: PlacedWorkload | undefined = placed; at?.workload.owner;) {
      at = find(at.workload.namespace, at.workload.owner);
      // Owners in a circle are not a chain; the API server does not keep anybody from making one.
      if (at === undefined || at === placed || owners.includes(at)) break;
      owners.push(at);
    }
    return owners;
  };
  const unseen = new Set(
    resources.flatMap(({ group, kind, objects }) => (objects.state === 'seen' ? [] : [`${group}/${kind}`])),
  );
  return { all, find, ownersOf, isUnobserved: ({ apiVersion, kind }) => unseen.has(`${groupOf(apiVersion)}/${kind}`) };
}

function placedOf({ group, version, resource, kind, objects }: WorkloadResource): readonly PlacedWorkload[] {
  return objects.state === 'seen'
    ? objects.value.map((workload) => ({ group, version, resource, kind, workload }))
    : [];
}

/** The version of an owner need not be the one that its kind is listed by. */
function placeKey(
  namespace: string,
  {
    group,
    kind,
    workload,
  }: { readonly group: string; readonly kind: string; readonly workload: { readonly name: string } },
): string {
  return [group, kind, namespace, workload.name].join('\n');
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
