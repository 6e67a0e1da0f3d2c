import type { ObjectPatchAction } from '../../actions/object-patch/object-patch-action.ts';
import type { DefaultObject } from '../../evidence/upgrade/upgrade.ts';
import { fingerprint } from '../kit/fingerprint.ts';
import { joinedPlans, nothingPlanned, optionalIfWarned, refusedPlan } from '../kit/plan-parts.ts';
import type { Trouble } from '../kit/rules.ts';
import type { Finding, PlanInput, ProblemPlan } from '../problem.ts';
import { blockedObjects, objectSubject } from './finalizers.ts';
import { problemId } from './meta.ts';

const remedy = 'remove-finalizers';

/** Takes the finalizers from what an upgrade has to deploy again; an undo sets them as they were. */
export function plan({ evidence: { cluster }, findings, remedies }: PlanInput): ProblemPlan {
  if (cluster.state !== 'seen') return nothingPlanned;
  const open = new Map(findings.filter(isOpen).map((finding) => [finding.fingerprint, finding]));
  return joinedPlans(
    blockedObjects(cluster.value).map((one) => {
      const finding = open.get(fingerprint(problemId, 'finalizers', objectSubject(one)));
      if (finding === undefined) return nothingPlanned;
      return remedies?.has(remedy)
        ? { actions: [], clusterActions: [removal(one, finding)], refused: [] }
        : optionalIfWarned(finding, refusedPlan([finding], 'not-asked', {}));
    }),
  );
}

function isOpen(finding: Finding): finding is Trouble {
  return finding.rule === 'finalizers' && (finding.status === 'fail' || finding.status === 'warn');
}

function removal({ namespace, uid, finalizers, ...place }: DefaultObject, finding: Trouble): ObjectPatchAction {
  return {
    kind: 'object-patch',
    id: `object-patch:${[...(namespace === '' ? [] : [namespace]), place.kind, place.name].join('/')}`,
    problem: problemId,
    cures: [finding.fingerprint],
    why: { key: 'why.remove-finalizers', params: {} },
    object: { ...place, ...(namespace === '' ? {} : { namespace }) },
    uid,
    changes: [{ path: '/metadata/finalizers', from: finalizers, to: null }],
  };
}
