import type { FieldChange, ObjectPatchAction } from '../../../actions/cluster-action.ts';
import type { PlanInput, ProblemPlan } from '../../problem.ts';
import { problemId } from '../finding.ts';
import { fingerprint } from '../../fingerprint.ts';
import type { PlacedWorkload } from './workload-tree.ts';
import { isClear, retiredRule, workloadSubject } from './retired-findings.ts';
import { retiredUses, type RetiredReference, type RetiredUse } from './retired-use.ts';

export const rewriteRemedy = 'rewrite-references';

type Refusal = ProblemPlan['refused'][number];

/**
 * Writes the successors into the objects that hold the references, and nothing else of them. An object is changed whole or not at
 * all: its pods are replaced once. A name that nobody asked its registry for is only written when the user says so.
 */
export function planRetired({ evidence: { cluster }, findings, remedies, successors }: PlanInput): ProblemPlan {
  if (cluster.state !== 'seen' || cluster.value.workloads === undefined) return nothing;
  const { workloads, pods } = cluster.value;
  const open = new Map(findings.flatMap((finding) => (finding.rule === retiredRule && 'remedy' in finding && finding.remedy ? [[finding.fingerprint, finding] as const] : [])));
  const parts = retiredUses(workloads, pods?.state === 'seen' ? pods.value : undefined).map((use): ProblemPlan => {
    const finding = open.get(fingerprint(problemId, retiredRule, workloadSubject(use)));
    if (finding === undefined || use.mend.how !== 'patch') return nothing;
    if (!remedies?.has(rewriteRemedy)) return refuse(finding.fingerprint, 'rewrite-not-asked', {}, finding.status === 'warn');
    const changes = use.references.filter(isClear).map((reference) => changeOf(reference, successors));
    const refused = changes.find((change): change is Refused => 'why' in change);
    if (refused) return refuse(finding.fingerprint, refused.why, { old: refused.image, new: refused.proposal });
    const fields = changes.filter((change): change is FieldChange => 'path' in change);
    return { actions: [], clusterActions: [patchOf({ use, placed: use.mend.placed, rolls: use.mend.rolls, cures: finding.fingerprint }, fields)], refused: [] };
  });
  return { actions: [], clusterActions: parts.flatMap(({ clusterActions = [] }) => clusterActions), refused: parts.flatMap(({ refused }) => refused) };
}

const nothing: ProblemPlan = { actions: [], refused: [] };

interface Refused {
  readonly why: string;
  readonly image: string;
  readonly proposal: string;
}

function changeOf(reference: RetiredReference, successors: PlanInput['successors']): FieldChange | Refused {
  const { image, pointer, successor } = reference;
  const written = writtenOf(reference, successors);
  if (pointer === undefined) return { why: 'rewrite-unplaced', image, proposal: successor.reference ?? '' };
  return 'to' in written ? { path: pointer, from: image, to: written.to } : { ...written, image, proposal: successor.reference ?? '' };
}

/** What may be written instead, or why nothing may. */
function writtenOf({ image, successor }: RetiredReference, successors: PlanInput['successors']): { readonly to: string } | { readonly why: string } {
  const verified = successors?.verified.get(image);
  if (verified?.action === 'change') return { to: verified.reference };
  if (verified?.reason === 'not-there') return { why: 'rewrite-not-there' };
  // A digest of another registry is no proposal at all before that has said that it is there.
  if (successor.action === 'change' && successors?.unverified === 'allow') return { to: successor.reference };
  if (verified) return { why: 'rewrite-not-verified' };
  return { why: successor.action === 'report' ? 'rewrite-digest' : 'rewrite-unverified' };
}

interface Patch {
  readonly use: RetiredUse;
  readonly placed: PlacedWorkload;
  readonly rolls: boolean;
  readonly cures: string;
}

function patchOf({ use, placed: { group, version, resource, kind, workload }, rolls, cures }: Patch, changes: readonly FieldChange[]): ObjectPatchAction {
  const { namespace, name } = use;
  const place = namespace === '' ? {} : { namespace };
  return {
    kind: 'object-patch',
    id: ['object-patch:', ...(namespace === '' ? [] : [`${namespace}/`]), `${kind}/${name}`].join(''),
    problem: problemId,
    cures: [cures],
    why: { key: rolls ? 'why.rewrite-rolls' : 'why.rewrite', params: { pods: use.pods } },
    ...(rolls ? { disrupts: 'restart' as const } : {}),
    object: { kind, group, version, resource, ...place, name },
    uid: workload.uid,
    changes,
  };
}

function refuse(of: string, why: string, params: Refusal['params'], isOptional = false): ProblemPlan {
  return { actions: [], refused: [{ fingerprint: of, key: `refused.${why}`, params, ...(isOptional ? { optional: true as const } : {}) }] };
}
