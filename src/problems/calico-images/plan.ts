import type { FieldChange, ObjectPatchAction } from '../../actions/object-patch/object-patch-action.ts';
import type { ManifestQuestion } from '../../images/sources/source-answer.ts';
import { hostsFolderFor } from '../../images/sources/hosts-folder.ts';
import { imagesOn } from '../../images/runtime-view.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { Successor } from '../../registry/successor.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { joinedPlans, nothingPlanned, optionalIfWarned, refusedPlan } from '../kit/plan-parts.ts';
import type { Trouble } from '../kit/rules.ts';
import type { Finding, PlanInput, ProblemPlan, ReferenceQuestion } from '../problem.ts';
import { problemId, publicImages } from './meta.ts';
import { unreachedNodes } from './unreached-nodes.ts';
import { subjectOf, wrongImages, type WrongImages } from './wrong-images.ts';

/**
 * Writes the names under which Docker Hub has Calico's images, once it has said so: first what gives nodes their network,
 * then the rest, as the provider's own script does. An object is changed whole or not at all.
 */
export function plan(input: PlanInput): ProblemPlan {
  return joinedPlans(openUses(input).map(({ use, finding }) => planOf(use, finding, input)));
}

/** What this machine asks Docker Hub for, by HEAD, which counts as no pull. */
export function verifies(input: PlanInput): readonly ReferenceQuestion[] {
  if (input.remedies?.has(publicImages) !== true) return [];
  // What another keeps is not written, so nobody is asked for it.
  const images = openUses(input).flatMap(({ use }) => (use.keptBy === undefined ? use.images : []));
  const names = new Map(
    images.flatMap(({ image, published }) => (published === undefined ? [] : [[image, published]])),
  );
  return [...names].map(([written, published]) => ({ written, published }));
}

/**
 * One node is asked as well, where one can be reached: what this machine reaches says nothing of nodes. No more than one,
 * for each answer counts as a pull.
 */
export function asksNodes(input: PlanInput): readonly ManifestQuestion[] {
  const references = verifies(input).map(({ published }) => published ?? '');
  for (const node of input.evidence.nodes) {
    const store = imagesOn(node);
    if (node.access.state !== 'seen' || store.state !== 'seen' || store.value.platform === undefined) continue;
    const { runtime, platform } = store.value;
    return references.map((reference) => ({
      node: node.name,
      runtime,
      platform,
      reference,
      hosts: 'runtime',
      hostsFolder: hostsFolderFor(node, { runtime, reference }),
    }));
  }
  return [];
}

interface OpenUse {
  readonly use: WrongImages;
  readonly finding: Trouble;
}

function openUses({ evidence: { cluster }, findings }: PlanInput): readonly OpenUse[] {
  if (cluster.state !== 'seen' || cluster.value.workloads === undefined) return [];
  const { workloads, pods } = cluster.value;
  const open = new Map(findings.filter(isOpen).map((finding) => [finding.fingerprint, finding]));
  return wrongImages(workloads, pods?.state === 'seen' ? pods.value : undefined).flatMap((use) => {
    const finding = open.get(fingerprint(problemId, 'wrong-repository', subjectOf(use)));
    return finding === undefined ? [] : [{ use, finding }];
  });
}

function isOpen(finding: Finding): finding is Trouble {
  return (finding.status === 'fail' || finding.status === 'warn') && finding.remedy;
}

function planOf(use: WrongImages, finding: Trouble, input: PlanInput): ProblemPlan {
  const isAsked = input.remedies?.has(publicImages) === true;
  const refuse = (why: string, params: TextParams): ProblemPlan => {
    const refused = refusedPlan([finding], why, params);
    return isAsked ? refused : optionalIfWarned(finding, refused);
  };
  if (use.keptBy !== undefined) return refuse('managed', { object: wordsOf(use), by: use.keptBy });
  if (!isAsked) return refuse('not-asked', {});
  const [unreached] = unreachedNodes(input.evidence);
  if (unreached !== undefined) return refuse('unreached', { node: unreached });
  const changes: FieldChange[] = [];
  for (const { image, pointer, published } of use.images) {
    if (published === undefined) return nothingPlanned;
    const why = whyNot(image, published, input);
    if (why !== undefined) return refuse(why.key, { old: image, new: published, node: why.node });
    changes.push({ path: pointer, from: image, to: published });
  }
  return { actions: [], clusterActions: [patchOf(use, finding, changes)], refused: [] };
}

function wordsOf({ placed: { kind, workload } }: WrongImages): string {
  return `${kind} ${workload.namespace}/${workload.name}`;
}

/** A node that was asked has its say, and this machine. */
function whyNot(
  written: string,
  published: string,
  { verified, sources }: PlanInput,
): { readonly key: string; readonly node: string } | undefined {
  for (const [node, answers] of sources?.answers ?? []) {
    const answer = answers.get(published)?.state ?? 'found';
    if (answer !== 'found') return { key: answer === 'unknown' ? 'unreached' : 'not-there', node };
  }
  const key = unverified(verified?.get(written), published);
  return key === undefined ? undefined : { key, node: '' };
}

function unverified(said: Successor | undefined, published: string): string | undefined {
  if (said?.action === 'change' && said.reference === published) return undefined;
  return said?.action === 'report' && said.reason === 'not-there' ? 'not-there' : 'not-verified';
}

function patchOf({ placed, pods }: WrongImages, finding: Trouble, changes: readonly FieldChange[]): ObjectPatchAction {
  const { group, version, resource, kind, workload } = placed;
  const { namespace, name, uid } = workload;
  return {
    kind: 'object-patch',
    id: `object-patch:${namespace}/${kind}/${name}`,
    problem: problemId,
    cures: [finding.fingerprint],
    why: { key: 'why.public-images', params: { pods } },
    disrupts: 'restart',
    object: { kind, group, version, resource, namespace, name },
    uid,
    changes,
  };
}
