import type { MountingPod } from '../../evidence/pod-facts.ts';
import { managedBy } from '../kit/managed-by.ts';
import type { OwnerName, PlacedWorkload, WorkloadTree } from '../kit/workload-tree.ts';
import type { FactValue } from '../problem.ts';

/** The object in which the pods of an owner are written, and how it is changed there. */
export interface OwnerPatch {
  readonly kind: string;
  readonly name: string;
  /**
   * `patch`: with kubectl; a tool's name: there, or the tool writes the old one again; `owner`: in an object of another
   * kind; `job` and `pod`: they are re-created with it.
   */
  readonly how: string;
  /** Who keeps it, as its tool calls it; the owner's name. */
  readonly by: string;
  /** Where it is written: `spec.template.spec.securityContext`. */
  readonly at: string;
  /** What to paste, where that is how. */
  readonly command: string;
  /** The patch alone, for JSON. */
  readonly patch: FactValue;
}

const setting = { securityContext: { fsGroupChangePolicy: 'OnRootMismatch' } };

/** Found from the pod upwards: a ReplicaSet belongs to its Deployment, and that perhaps to an operator. */
export function ownerPatch(tree: WorkloadTree, { namespace, owner }: MountingPod): OwnerPatch {
  const made = tree.find(namespace, owner);
  if (made === undefined) return { ...unplaced(tree, owner), kind: owner.kind, name: owner.name };
  const root = tree.ownersOf(made).at(-1) ?? made;
  const { kind, workload } = root;
  const { patch, at } = patchOf(kind);
  const said = { kind, name: workload.name, at, patch, by: '', command: '' };
  if (workload.owner) return { ...said, ...ownedBy(tree, workload.owner) };
  const manager = managedBy(workload.marks);
  if (manager) return { ...said, how: manager.tool, by: manager.name };
  if (kind === 'Job') return { ...said, how: 'job' };
  return { ...said, how: 'patch', command: commandOf(root, patch) };
}

type Unplaced = Omit<OwnerPatch, 'kind' | 'name'>;

function unplaced(tree: WorkloadTree, owner: OwnerName): Unplaced {
  const { patch, at } = patchOf(owner.kind);
  const said = { at, patch, by: '', command: '' };
  return owner.kind === 'Pod' ? { ...said, how: 'pod' } : { ...said, ...ownedBy(tree, owner) };
}

function ownedBy(tree: WorkloadTree, owner: OwnerName): Pick<OwnerPatch, 'how' | 'by'> {
  return { how: tree.isUnobserved(owner) ? 'owner-unseen' : 'owner', by: `${owner.kind}/${owner.name}` };
}

function patchOf(kind: string): Pick<OwnerPatch, 'patch' | 'at'> {
  if (kind === 'Pod') return { patch: { spec: setting }, at: 'spec.securityContext' };
  const template = { spec: { template: { spec: setting } } };
  return kind === 'CronJob'
    ? { patch: { spec: { jobTemplate: template } }, at: 'spec.jobTemplate.spec.template.spec.securityContext' }
    : { patch: template, at: 'spec.template.spec.securityContext' };
}

function commandOf({ group, resource, workload: { namespace, name } }: PlacedWorkload, patch: FactValue): string {
  const object = `${group === '' ? resource : `${resource}.${group}`}/${name}`;
  const words = ['-n', namespace, 'patch', object, '--type', 'merge', '-p', JSON.stringify(patch)];
  return ['kubectl', ...words.map(shellWord)].join(' ');
}

/** Names come out of evidence, which somebody else may have written: what is pasted stays one word to the shell. */
function shellWord(word: string): string {
  return /^[\w./:-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
