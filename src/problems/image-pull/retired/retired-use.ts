import type { ImageUse, PodFacts } from '../../../evidence/pod-facts.ts';
import type { TemplateImage, WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import { successorOf, type Successor } from '../../../registry/successor.ts';
import { pullFailures } from '../pulls/pull-failure.ts';
import { keeperOf, type Keeper } from './keeper.ts';
import { workloadTree, type OwnerName, type PlacedWorkload, type WorkloadTree } from './workload-tree.ts';

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
  /** Where it stands in the object; absent for one that was only seen in pods. */
  readonly pointer?: string;
}

/** What is to be done, and by whom. */
export type Mend =
  /** nodemend can write it; `rolls`: pods are replaced at once. */
  | { readonly how: 'patch'; readonly placed: PlacedWorkload; readonly rolls: boolean }
  /** Its tool would write the old one again. */
  | { readonly how: 'keeper'; readonly keeper: Keeper }
  /** Its owner would; `seen`: it is known, and holds the reference in no place that could be changed. */
  | { readonly how: 'owner'; readonly by: string }
  /** Of an owner that could not be read it is not known what has to be changed. */
  | { readonly how: 'owner-unseen'; readonly by: string }
  /** The template no longer names it, or never did. */
  | { readonly how: 'pods-only'; readonly by: string }
  | { readonly how: 'job' | 'pod' | 'static-pod' | 'provider' };

/** Kinds of Kubernetes that replace their pods when their template changes. */
const rolling: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** And those that take a new template for their next pods alone. */
const waitingKinds: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController', 'CronJob', 'PodTemplate']);

/** On worker nodes of a managed cluster its images lie ready under their old names; a new name would have to be pulled. */
const providersNamespace = 'kube-system';

/** Every object that names a retired registry, found from what makes pods and from the pods themselves. */
export function retiredUses(workloads: WorkloadFacts, pods: PodFacts | undefined): readonly RetiredUse[] {
  const tree = workloadTree(workloads);
  const uses = new Map<string, UseDraft>();
  for (const placed of tree.all) addTemplate(uses, tree, placed);
  for (const use of pods?.uses ?? []) addPods(uses, tree, use);
  for (const { waiting } of pods === undefined ? [] : pullFailures(pods, [])) addWaiting(uses, tree, waiting);
  return [...uses.values()].map(({ references, pullSecrets, ...use }) => ({ ...use, references: [...references.values()], pullSecrets: [...pullSecrets].toSorted() }));
}

type UseDraft = { -readonly [Key in keyof Omit<RetiredUse, 'references' | 'pullSecrets'>]: RetiredUse[Key] } & {
  readonly references: Map<string, RetiredReference>;
  readonly pullSecrets: Set<string>;
};

function addTemplate(uses: Map<string, UseDraft>, tree: WorkloadTree, placed: PlacedWorkload): void {
  const { workload } = placed;
  if (workload.finished) return;
  const owners = tree.ownersOf(placed);
  for (const one of workload.images) {
    const successor = successorOf(one.image);
    if (successor === undefined || owners.some((owner) => names(owner, one.image))) continue;
    // Made by a workload that names another image by now: its next pods have that.
    if (workload.owner && owners.length > 0 && waitingKinds.has(placed.kind)) continue;
    if (workload.owner && owners.length > 0 && placed.kind === 'Job') continue;
    const use = draft(uses, placed, mendOf(tree, placed));
    use.references.set(one.pointer, { ...one, successor });
    for (const secret of workload.pullSecrets ?? []) use.pullSecrets.add(secret);
  }
}

function addPods(uses: Map<string, UseDraft>, tree: WorkloadTree, use: ImageUse): void {
  const successor = successorOf(use.image);
  if (successor === undefined) return;
  const home = homeOf(tree, use);
  const found = draft(uses, home, home.mend);
  found.pods += use.pods;
  for (const secret of use.pullSecrets) found.pullSecrets.add(secret);
  if (home.isNamed) return;
  const { image, role, container } = use;
  found.references.set([role, container, image].join('\n'), { image, successor, role, container });
}

function addWaiting(uses: Map<string, UseDraft>, tree: WorkloadTree, waiting: { readonly namespace: string; readonly owner: OwnerName; readonly image: string; readonly pods: number }): void {
  if (successorOf(waiting.image) === undefined) return;
  const home = homeOf(tree, waiting);
  draft(uses, home, home.mend).waiting += waiting.pods;
}

type Home = Pick<PlacedWorkload, 'kind'> & { readonly workload: { readonly namespace: string; readonly name: string }; readonly mend: Mend; readonly isNamed: boolean };

/** The object whose change changes what these pods run. */
function homeOf(tree: WorkloadTree, { namespace, owner, image, ...rest }: { readonly namespace: string; readonly owner: OwnerName; readonly image: string; readonly static?: true }): Home {
  const placed = tree.find(namespace, owner);
  if (placed === undefined) {
    const by = `${owner.kind}/${owner.name}`;
    const mend: Mend =
      owner.kind === 'Pod' && owner.apiVersion === 'v1'
        ? { how: rest.static ? 'static-pod' : namespace === providersNamespace ? 'provider' : 'pod' }
        : { how: isBuiltIn(owner) && !tree.isListed(owner) ? 'owner-unseen' : 'owner', by };
    return { kind: owner.kind, workload: { namespace, name: owner.name }, mend, isNamed: false };
  }
  const chain = [placed, ...tree.ownersOf(placed)];
  const naming = chain.findLast((one) => names(one, image));
  // An old ReplicaSet that still names it goes with the rollout of its Deployment.
  if (naming !== undefined && !isMade(tree, naming)) return { ...naming, mend: mendOf(tree, naming), isNamed: true };
  const root = chain.at(-1) ?? placed;
  const mend: Mend = root.workload.owner ? ownerMend(tree, root.workload.owner) : { how: 'pods-only', by: `${root.kind}/${root.workload.name}` };
  return { ...root, mend, isNamed: false };
}

/** Whether an object of Kubernetes' own kinds is made by another one of them, from its template. */
function isMade(tree: WorkloadTree, placed: PlacedWorkload): boolean {
  return placed.workload.owner !== undefined && tree.ownersOf(placed).length > 0 && (waitingKinds.has(placed.kind) || placed.kind === 'Job');
}

function mendOf(tree: WorkloadTree, placed: PlacedWorkload): Mend {
  const { workload, kind, group } = placed;
  const root = tree.ownersOf(placed).at(-1) ?? placed;
  if (root.workload.owner) return ownerMend(tree, root.workload.owner);
  if (root !== placed) return { how: 'owner', by: `${root.kind}/${root.workload.name}` };
  const keeper = keeperOf(workload.marks);
  if (keeper) return { how: 'keeper', keeper };
  if (workload.namespace === providersNamespace) return { how: 'provider' };
  if (kind === 'Job' && group === 'batch') return { how: 'job' };
  return { how: 'patch', placed, rolls: rolls(placed) };
}

function ownerMend(tree: WorkloadTree, owner: OwnerName): Mend {
  return { how: isBuiltIn(owner) && !tree.isListed(owner) ? 'owner-unseen' : 'owner', by: `${owner.kind}/${owner.name}` };
}

/** What an unknown kind does with a new template is its controller's; most replace their pods. */
function rolls({ kind, workload: { strategy, paused } }: PlacedWorkload): boolean {
  return !waitingKinds.has(kind) && !(rolling.has(kind) && (strategy === 'OnDelete' || paused === true));
}

function isBuiltIn({ apiVersion }: OwnerName): boolean {
  return ['v1', 'apps/v1', 'batch/v1'].includes(apiVersion);
}

function names({ workload: { images } }: PlacedWorkload, image: string): boolean {
  return images.some((one) => one.image === image && one.role !== 'field');
}

function draft(uses: Map<string, UseDraft>, { kind, workload: { namespace, name } }: Pick<Home, 'kind' | 'workload'>, mend: Mend): UseDraft {
  // What can be changed in an object and what was only seen in its pods are told apart.
  const key = [namespace, kind, name, mend.how === 'pods-only'].join('\n');
  const known = uses.get(key) ?? { namespace, kind, name, mend, pods: 0, waiting: 0, references: new Map(), pullSecrets: new Set() };
  uses.set(key, known);
  return known;
}
