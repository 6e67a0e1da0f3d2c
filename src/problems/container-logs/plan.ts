import type { NodeEvidence } from '../../evidence/evidence.ts';
import { asOneChange, joinedPlans, nothingPlanned } from '../kit/plan-parts.ts';
import type { Trouble } from '../kit/rules.ts';
import type { PlanInput, ProblemPlan } from '../problem.ts';
import { planDaemon } from './docker-limits/daemon-plan.ts';
import { nodeFacts } from './facts.ts';
import { planRoom } from './free-room/free-room-plan.ts';
import { planKubelet } from './kubelet-limits/kubelet-plan.ts';
import { planRules } from './rotation/rotation-plan.ts';
import { isCuredBy, type Remedy } from './rules.ts';
import { nodeRuntime } from './runtime/node-runtime.ts';

/** What would cure the findings, node by node: logs that are freed, then edits of logrotate's files. Deterministic. */
export function plan({ evidence, findings, remedies = new Set() }: PlanInput): ProblemPlan {
  const troubles = findings.filter(
    (finding): finding is Trouble => finding.status === 'fail' || finding.status === 'warn',
  );
  const plans = evidence.nodes.flatMap((node) => {
    const own = troubles.filter(({ subject, remedy }) => remedy && isNode(subject, node));
    const curedBy = (remedy: Remedy): readonly Trouble[] => own.filter((finding) => isCuredBy(remedy, finding));
    // First, because all else needs room as well.
    return [
      roomPart(node, curedBy('free-room'), remedies),
      planRules(node, curedBy('docker-rule'), curedBy('idle-rules')),
      asOneChange(
        'docker-limits',
        planDaemon({ node, findings: findings.filter(({ subject }) => isNode(subject, node)), remedies }),
      ),
      asOneChange('kubelet-limits', planKubelet({ node, troubles: curedBy('kubelet-limits'), remedies })),
    ];
  });
  return joinedPlans(plans);
}

function roomPart(node: NodeEvidence, troubles: readonly Trouble[], remedies: ReadonlySet<string>): ProblemPlan {
  if (troubles.length === 0) return nothingPlanned;
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return nothingPlanned;
  return planRoom({ node: node.name, facts, runtime: runtime.value, troubles, remedies });
}

function isNode(subject: Trouble['subject'], node: NodeEvidence): boolean {
  return subject.kind === 'node' && subject.name === node.name;
}
