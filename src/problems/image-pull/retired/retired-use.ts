import type { ImageUse, PodFacts, WaitingContainer } from '../../../evidence/pod-facts.ts';
import type { TemplateImage, WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import type { RetiredNames, Successor } from '../../../registry/successor.ts';
import { isFlannel, networkImageNames, type NetworkWorkload } from '../../../platforms/nks/network-images.ts';
import { pullFailures } from '../pulls/pull-failure.ts';
import { managedBy, type ManagingTool } from '../../kit/managed-by.ts';
import { networkManager } from '../../kit/upkeep.ts';
import { workloadTree, type OwnerName, type PlacedWorkload, type WorkloadTree } from '../../kit/workload-tree.ts';

/** An object that has to be changed for references of retired registries to be gone; each such object once. */
export interface RetiredUse {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly references: readonly RetiredReference[];
  readonly mend: Mend;
  /** Pods that run it now. */
  readonly pods: number;
  /** Of those, how many cannot pull it. */
  readonly waiting: number;
  /** Secrets that its pods pull with. */
  readonly pullSecrets: readonly string[];
}

export interface RetiredReference {
  readonly image: string;
  readonly successor: Successor;
  readonly role: TemplateImage['role'];
  readonly container: string;
  /** Where it stands in the object; absent for one that was found only in pods. */
  readonly pointer?: string;
}

/** What is to be done, and by whom. */
export type Mend =
  /** nodemend can write it; `rolls`: pods are replaced at once. */
  | { readonly how: 'patch'; readonly placed: PlacedWorkload; readonly rolls: boolean }
  /** Its tool would write the old one again. */
  | { readonly how: 'managed'; readonly manager: ManagingTool }
  /** Its owner would, and holds the reference in no place that was seen. */
  | { readonly how: 'owner'; readonly by: string }
  /** Of an owner that could not be read it is not known what has to be changed. */
  | { readonly how: 'owner-unseen'; readonly by: string }
  /** The template no longer names it, or never did. */
  | { readonly how: 'pods-only' }
  | { readonly how: 'job' | 'pod' | 'static-pod' | 'provider' };

/** Kinds of Kubernetes that replace their pods when their template changes. */
const rolling: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** And those that take a new template for their next pods alone. */
const waitingKinds: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController', 'CronJob', 'PodTemplate']);

/**
 * On worker nodes of a managed cluster its images lie ready under their old names; a new name would have to be pulled.
 */
const providersNamespace = 'kube-system';

/** Flannel alone may be changed there: nothing else than its new name brings its images to a new node. */
function isFlannelAlone(placed: PlacedWorkload, successorOf: RetiredNames['successorOf']): boolean {
  const object = objectOf(placed);
  return placed.workload.images.every(({ image }) => {
    const successor = successorOf(image);
    return successor === undefined || networkImageNames(object, image).includes(successor.reference ?? '');
  });
}

function objectOf({ group, kind, workload: { namespace, name } }: PlacedWorkload): NetworkWorkload {
  return { group, kind, namespace, name };
}

/** Every object that names a retired registry, found from what makes pods and from the pods themselves. */
export function retiredUses(
  workloads: WorkloadFacts,
  pods: PodFacts | undefined,
  { successorOf }: Pick<RetiredNames, 'successorOf'>,
): readonly RetiredUse[] {
  const tree = workloadTree(workloads);
  const uses: Uses = { tree, drafts: new Map(), successorOf };
  for (const placed of tree.all) addTemplate(uses, placed);
  for (const use of pods?.uses ?? []) addPods(uses, use);
  for (const { waiting } of pods === undefined ? [] : pullFailures(pods, [])) addWaiting(uses, waiting);
  return [...uses.drafts.values()].map(finished);
}

interface Uses extends Pick<RetiredNames, 'successorOf'> {
  readonly tree: WorkloadTree;
  readonly drafts: Map<string, UseDraft>;
}

interface UseDraft {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly mend: Mend;
  /** By what they are called in the object, or in the pods. */
  readonly references: Map<string, RetiredReference>;
  readonly pullSecrets: Set<string>;
  /** By the owner of the pods: of each, not of each of its containers. */
  readonly pods: Map<string, number>;
  readonly waiting: Map<string, number>;
}

function finished({ references, pullSecrets, pods, waiting, ...use }: UseDraft): RetiredUse {
  const sum = (counts: ReadonlyMap<string, number>): number => counts.values().reduce((all, count) => all + count, 0);
  return {
    ...use,
    references: [...references.values()],
    pullSecrets: [...pullSecrets].toSorted(),
    pods: sum(pods),
    waiting: sum(waiting),
  };
}

function addTemplate(uses: Uses, placed: PlacedWorkload): void {
  const { tree, drafts, successorOf } = uses;
  const { workload } = placed;
  if (workload.finished || isMade(tree, placed)) return;
  const owners = tree.ownersOf(placed);
  for (const { pointer, image, role, container } of workload.images) {
    const successor = successorOf(image);
    if (successor === undefined || owners.some((owner) => names(owner, image))) continue;
    const use = draftOf(drafts, { placed, ...placeOf(placed), mend: mendOf(uses, placed) });
    use.references.set(pointer, { image, successor, role, container, pointer });
    for (const secret of workload.pullSecrets ?? []) use.pullSecrets.add(secret);
  }
}

function addPods(uses: Uses, use: ImageUse): void {
  const { drafts, successorOf } = uses;
  const successor = successorOf(use.image);
  if (successor === undefined) return;
  const { image, role, container } = use;
  const home = homeOf(uses, use);
  const draft = draftOf(drafts, home);
  count(draft.pods, use);
  for (const secret of use.pullSecrets) draft.pullSecrets.add(secret);
  if (home.placed === undefined)
    draft.references.set([role, container, image].join('\n'), { image, successor, role, container });
}

function addWaiting(uses: Uses, waiting: WaitingContainer): void {
  if (uses.successorOf(waiting.image) !== undefined)
    count(draftOf(uses.drafts, homeOf(uses, waiting)).waiting, waiting);
}

function count(
  counts: Map<string, number>,
  { owner, pods }: { readonly owner: OwnerName; readonly pods: number },
): void {
  const key = `${owner.kind}/${owner.name}`;
  counts.set(key, Math.max(counts.get(key) ?? 0, pods));
}

interface Home {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly mend: Mend;
  /** The object that holds the reference; absent where it was found only in pods. */
  readonly placed?: PlacedWorkload;
}

type PodImage = Pick<ImageUse, 'namespace' | 'owner' | 'image' | 'static'>;

/** The object whose change changes what these pods run. */
function homeOf(uses: Uses, use: PodImage): Home {
  const { tree } = uses;
  const { namespace, owner, image } = use;
  const made = tree.find(namespace, owner);
  if (made === undefined) return { namespace, kind: owner.kind, name: owner.name, mend: ownerOfPodsMend(tree, use) };
  const chain = [made, ...tree.ownersOf(made)];
  const placed = chain.findLast((one) => names(one, image));
  // An old ReplicaSet that still names it goes with the rollout of its Deployment.
  if (placed !== undefined && !isMade(tree, placed)) return { placed, ...placeOf(placed), mend: mendOf(uses, placed) };
  const root = chain.at(-1) ?? made;
  return { ...placeOf(root), mend: root.workload.owner ? ownerMend(tree, root.workload.owner) : { how: 'pods-only' } };
}

/** Of pods that nothing made, or whose maker is not known. */
function ownerOfPodsMend(tree: WorkloadTree, { namespace, owner, static: isStatic }: PodImage): Mend {
  if (owner.kind !== 'Pod' || owner.apiVersion !== 'v1') return ownerMend(tree, owner);
  return { how: isStatic ? 'static-pod' : namespace === providersNamespace ? 'provider' : 'pod' };
}

/** Whether it was made by a Deployment or a CronJob, from a template that is looked at itself. */
function isMade(tree: WorkloadTree, { kind, group, workload }: PlacedWorkload): boolean {
  const owner = workload.owner && tree.find(workload.namespace, workload.owner);
  return (
    owner !== undefined &&
    owner.group === group &&
    ((kind === 'ReplicaSet' && owner.kind === 'Deployment') || (kind === 'Job' && owner.kind === 'CronJob'))
  );
}

function mendOf({ tree, successorOf }: Uses, placed: PlacedWorkload): Mend {
  const { workload, kind, group } = placed;
  const root = tree.ownersOf(placed).at(-1) ?? placed;
  if (root.workload.owner) return ownerMend(tree, root.workload.owner);
  if (root !== placed) return { how: 'owner', by: `${root.kind}/${root.workload.name}` };
  const manager = isFlannel(objectOf(placed)) ? networkManager(workload) : managedBy(workload.marks);
  if (manager) return { how: 'managed', manager };
  if (workload.namespace === providersNamespace && !isFlannelAlone(placed, successorOf)) return { how: 'provider' };
  if (kind === 'Job' && group === 'batch') return { how: 'job' };
  return { how: 'patch', placed, rolls: rolls(placed) };
}

function ownerMend(tree: WorkloadTree, owner: OwnerName): Mend {
  return { how: tree.isUnobserved(owner) ? 'owner-unseen' : 'owner', by: `${owner.kind}/${owner.name}` };
}

/** What an unknown kind does with a new template is its controller's; most replace their pods. */
function rolls({ kind, workload: { strategy, paused } }: PlacedWorkload): boolean {
  return !waitingKinds.has(kind) && !(rolling.has(kind) && (strategy === 'OnDelete' || paused === true));
}

function names({ workload: { images } }: PlacedWorkload, image: string): boolean {
  return images.some((one) => one.image === image && one.role !== 'field');
}

function placeOf({ kind, workload: { namespace, name } }: PlacedWorkload): Pick<Home, 'namespace' | 'kind' | 'name'> {
  return { namespace, kind, name };
}

function draftOf(uses: Map<string, UseDraft>, { namespace, kind, name, mend }: Home): UseDraft {
  // What can be changed in an object and what was only seen in its pods are told apart.
  const key = [namespace, kind, name, mend.how === 'pods-only'].join('\n');
  const known = uses.get(key) ?? {
    namespace,
    kind,
    name,
    mend,
    references: new Map(),
    pullSecrets: new Set(),
    pods: new Map(),
    waiting: new Map(),
  };
  uses.set(key, known);
  return known;
}
