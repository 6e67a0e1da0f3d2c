import type { NodeEvidence } from '../../evidence/evidence.ts';
import { asOneChange, joinedPlans, nothingPlanned } from '../kit/plan-parts.ts';
import type { Trouble } from '../kit/rules.ts';
import type { Finding, PlanInput, ProblemPlan } from '../problem.ts';
import { planDaemon } from './docker-limits/daemon-plan.ts';
import { nodeFacts } from './facts.ts';
import { planRoom, roomEnough } from './free-room/free-room-plan.ts';
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
    const said = findings.filter(({ subject }) => isNode(subject, node));
    const own = troubles.filter(({ subject, remedy }) => remedy && isNode(subject, node));
    const curedBy = (remedy: Remedy): readonly Trouble[] => own.filter((finding) => isCuredBy(remedy, finding));
    // First, because all else needs room as well.
    return [
      roomPart(node, { troubles: curedBy('free-room'), said }, remedies),
      planRules(node, curedBy('docker-rule'), curedBy('idle-rules')),
      asOneChange('docker-limits', planDaemon({ node, findings: said, remedies })),
      asOneChange('kubelet-limits', planKubelet({ node, troubles: curedBy('kubelet-limits'), remedies })),
    ];
  });
  return joinedPlans(plans);
}

interface RoomFindings {
  readonly troubles: readonly Trouble[];
  /** All that is said of the node: a remedy that was asked for and has nothing to do is told beside it. */
  readonly said: readonly Finding[];
}

function roomPart(node: NodeEvidence, { troubles, said }: RoomFindings, remedies: ReadonlySet<string>): ProblemPlan {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return nothingPlanned;
  const room = { node: node.name, facts, runtime: runtime.value, remedies };
  return troubles.length > 0 ? planRoom({ ...room, troubles }) : roomEnough(room, said);
}

function isNode(subject: Trouble['subject'], node: NodeEvidence): boolean {
  return subject.kind === 'node' && subject.name === node.name;
}
