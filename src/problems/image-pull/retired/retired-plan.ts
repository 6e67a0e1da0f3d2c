import type { FieldChange, ObjectPatchAction } from '../../../actions/object-patch/object-patch-action.ts';
import type { NamespacePullSecrets } from '../../../evidence/pull-secrets/pull-secret.ts';
import { isFlannel } from '../../../platforms/nks/network-images.ts';
import { retiredNames } from '../../../registry/successor.ts';
import { fingerprint } from '../../kit/fingerprint.ts';
import { joinedPlans } from '../../kit/plan-parts.ts';
import type { Finding, PlanInput, ProblemPlan, ReferenceQuestion } from '../../problem.ts';
import type { Trouble } from '../../kit/rules.ts';
import { problemId } from '../finding.ts';
import type { ImagePullInputs } from '../inputs.ts';
import { missingLogin } from './missing-login.ts';
import { isClear, retiredRule, workloadSubject } from './retired-findings.ts';
import { retiredUses, type Mend, type RetiredReference, type RetiredUse } from './retired-use.ts';
import { writtenSuccessor, type KnownSuccessors, type WrittenSuccessor } from './written-successor.ts';

const rewriteRemedy = 'rewrite-references';

type Input = PlanInput<ImagePullInputs>;

type Patchable = Extract<Mend, { readonly how: 'patch' }>;
type Params = ProblemPlan['refused'][number]['params'];

interface Surroundings {
  readonly successors: KnownSuccessors;
  readonly pullSecrets: readonly NamespacePullSecrets[];
}

/**
 * Writes the successors into the objects that hold the references, and nothing else of them. An object is changed whole
 * or not at all: its pods are replaced once.
 */
export function planRetired(input: Input): ProblemPlan {
  const { remedies, inputs, verified = new Map() } = input;
  const unverified = inputs?.[rewriteRemedy]?.unverified ?? 'refuse';
  const surroundings = { successors: { verified, unverified }, pullSecrets: pullSecretsOf(input) };
  const parts = openUses(input).map(({ use, mend, finding }) =>
    remedies?.has(rewriteRemedy)
      ? planObject(use, mend, finding, surroundings)
      : refuse(finding, 'rewrite-not-asked', {}, finding.status === 'warn'),
  );
  return joinedPlans(parts);
}

/** What of the cluster would be written: names of images that another keeps are nobody's business. */
export function verifies(input: Input): readonly ReferenceQuestion[] {
  if (input.inputs?.[rewriteRemedy]?.verify !== true) return [];
  const images = openUses(input).flatMap(({ use }) => use.references.filter(isClear).map(({ image }) => image));
  return [...new Set(images)].toSorted().map((written) => ({ written }));
}

interface OpenUse {
  readonly use: RetiredUse;
  readonly mend: Patchable;
  readonly finding: Trouble;
}

function openUses({ evidence: { cluster }, findings, names = retiredNames() }: PlanInput): readonly OpenUse[] {
  if (cluster.state !== 'seen' || cluster.value.workloads === undefined) return [];
  const { workloads, pods } = cluster.value;
  const open = new Map(findings.filter(isOpen).map((finding) => [finding.fingerprint, finding]));
  return retiredUses(workloads, pods?.state === 'seen' ? pods.value : undefined, names).flatMap((use) => {
    const finding = open.get(fingerprint(problemId, retiredRule, workloadSubject(use)));
    return finding !== undefined && use.mend.how === 'patch' ? [{ use, mend: use.mend, finding }] : [];
  });
}

function pullSecretsOf({ evidence: { cluster } }: PlanInput): readonly NamespacePullSecrets[] {
  return cluster.state === 'seen' && cluster.value.pullSecrets?.state === 'seen' ? cluster.value.pullSecrets.value : [];
}

function isOpen(finding: Finding): finding is Trouble {
  return finding.rule === retiredRule && (finding.status === 'fail' || finding.status === 'warn') && finding.remedy;
}

interface Decided {
  readonly reference: RetiredReference;
  readonly written: WrittenSuccessor;
}

function planObject(
  use: RetiredUse,
  mend: Patchable,
  finding: Trouble,
  { successors, pullSecrets }: Surroundings,
): ProblemPlan {
  const decided = use.references
    .filter(isClear)
    .map((reference): Decided => ({ reference, written: writtenSuccessor(reference, successors) }));
  for (const { reference, written } of decided) {
    const params = { old: reference.image, new: reference.successor.reference ?? '' };
    if ('why' in written) return refuse(finding, written.why, params);
    // What answered without a login needs none.
    const missing = written.isVerified ? undefined : missingLogin(use, written.to, pullSecrets);
    if (missing) return refuse(finding, 'rewrite-needs-login', { ...params, ...missing });
  }
  return { actions: [], clusterActions: [patchOf(use, mend, finding, decided)], refused: [] };
}

function patchOf(
  { namespace, name, pods }: RetiredUse,
  { placed, rolls }: Patchable,
  finding: Trouble,
  decided: readonly Decided[],
): ObjectPatchAction {
  const { group, version, resource, kind, workload } = placed;
  const place = namespace === '' ? {} : { namespace };
  const isVerified = decided.every(({ written }) => 'to' in written && written.isVerified);
  return {
    kind: 'object-patch',
    id: `object-patch:${[...(namespace === '' ? [] : [namespace]), kind, name].join('/')}`,
    problem: problemId,
    cures: [finding.fingerprint],
    why: { key: whyKey(isVerified, rolls), params: { pods } },
    // A plan for the network always says so, as its schema has it: with OnDelete pods follow when they are deleted.
    ...(rolls || isFlannel({ group, kind, namespace, name }) ? { disrupts: 'restart' as const } : {}),
    object: { kind, group, version, resource, ...place, name },
    uid: workload.uid,
    changes: decided.flatMap(changeOf),
  };
}

function whyKey(isVerified: boolean, rolls: boolean): string {
  if (isVerified) return rolls ? 'why.rewrite-rolls' : 'why.rewrite';
  return rolls ? 'why.rewrite-unverified-rolls' : 'why.rewrite-unverified';
}

function changeOf({ reference: { pointer, image, successor }, written }: Decided): readonly FieldChange[] {
  if (pointer === undefined || !('to' in written)) return [];
  const replacement = successor.action === 'change' ? successor.replacement : undefined;
  return [{ path: pointer, from: image, to: written.to, ...(replacement && { replacement }) }];
}

function refuse({ fingerprint: of }: Trouble, why: string, params: Params, isOptional = false): ProblemPlan {
  return {
    actions: [],
    refused: [{ fingerprint: of, key: `refused.${why}`, params, ...(isOptional ? { optional: true as const } : {}) }],
  };
}
