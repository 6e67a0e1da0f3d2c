import type { FileAction } from '../../actions/file/file-action.ts';
import type { CheckReference } from '../../actions/action.ts';
import type { NodeEvidence } from '../../evidence/evidence.ts';
import { asOneChange } from '../kit/one-change.ts';
import type { Trouble } from '../kit/rules.ts';
import type { PlanInput, ProblemPlan } from '../problem.ts';
import { isCuredBy, type Remedy } from './rules.ts';
import { planDaemon } from './docker-limits/daemon-plan.ts';
import { placesOf } from './rotation/docker-aim.ts';
import { dockerOf } from './logs/docker-logs.ts';
import { problemId } from './finding.ts';
import { nodeRuntime, type NodeRuntime } from './runtime/node-runtime.ts';
import { everyDockerLog, nodeRotation, podLogs } from './rotation/node-view.ts';
import type { Rotation } from './rotation/rotation.ts';
import { nodeFacts, type NodeFacts } from './facts.ts';
import { planKubelet } from './kubelet-limits/kubelet-plan.ts';
import { planCri } from './rotation/cri-plan.ts';
import { planDocker } from './rotation/docker-plan.ts';
import { withEdits, type Edit } from './rotation/edit.ts';
import { fileActions, type ReasonedEdit } from './rotation/file-actions.ts';
import { planRoom } from './free-room/free-room-plan.ts';

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
  return { actions: plans.flatMap(({ actions }) => actions), refused: plans.flatMap(({ refused }) => refused) };
}

function roomPart(node: NodeEvidence, troubles: readonly Trouble[], remedies: ReadonlySet<string>): ProblemPlan {
  if (troubles.length === 0) return { actions: [], refused: [] };
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return { actions: [], refused: [] };
  return planRoom({ node: node.name, facts, runtime: runtime.value, troubles, remedies });
}

function isNode(subject: Trouble['subject'], node: NodeEvidence): boolean {
  return subject.kind === 'node' && subject.name === node.name;
}

interface NodeScene {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
  readonly rotation: Rotation;
}

/** Edits of logrotate's files: for docker, and where another runtime has no use for them. */
function planRules(node: NodeEvidence, ofDocker: readonly Trouble[], idle: readonly Trouble[]): ProblemPlan {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  const rotation = nodeRotation(facts);
  // Findings that come from elsewhere than this evidence have nothing to be planned from.
  if (ofDocker.length + idle.length === 0 || runtime.state !== 'seen' || rotation.state !== 'seen')
    return { actions: [], refused: [] };
  const scene = { node, facts, runtime: runtime.value, rotation: rotation.value };
  const parts = [
    asOneChange('docker-rule', dockerPart(scene, ofDocker)),
    asOneChange('idle-rules', criPart(scene, idle)),
  ];
  return { actions: parts.flatMap(({ actions }) => actions), refused: parts.flatMap(({ refused }) => refused) };
}

function dockerPart(scene: NodeScene, troubles: readonly Trouble[]): ProblemPlan {
  const docker = dockerOf(scene.facts);
  if (troubles.length === 0 || docker.state !== 'seen') return { actions: [], refused: [] };
  const planned = planDocker({
    rotation: scene.rotation,
    docker: docker.value,
    reread: (edits) => reread(scene, edits),
  });
  if (planned.state === 'refused') return refusal(troubles, planned);
  const last = planned.edits.at(-1);
  const verified = { check: `${problemId}/rule-covers-logs`, args: [planned.folder, planned.body] };
  return asActions(
    scene,
    troubles,
    planned.edits.map((edit) => ({ ...edit, verify: edit === last ? [verified] : [] })),
  );
}

function criPart(scene: NodeScene, troubles: readonly Trouble[]): ProblemPlan {
  if (troubles.length === 0) return { actions: [], refused: [] };
  const places = placesOf(everyDockerLog(scene.facts), podLogs(scene.facts));
  const planned = planCri({ ...scene, places, reread: (edits) => reread(scene, edits) });
  if (planned.state === 'refused') return refusal(troubles, planned);
  const gone = ['/var/log/pods', '/var/log/containers', ...(scene.runtime.docker ? [] : places.docker)];
  const verified: CheckReference = { check: `${problemId}/rule-gone`, args: gone };
  const last = planned.edits.at(-1);
  return asActions(
    scene,
    troubles,
    planned.edits.map((edit) => ({ ...edit, verify: edit === last ? [verified] : [] })),
  );
}

function reread({ facts, rotation }: NodeScene, edits: readonly Edit[]): Rotation {
  const edited = nodeRotation(facts, { state: 'seen', value: withEdits(rotation.files, edits) });
  return edited.state === 'seen' ? edited.value : rotation;
}

function asActions(
  { node, rotation }: NodeScene,
  troubles: readonly Trouble[],
  edits: readonly ReasonedEdit[],
): ProblemPlan {
  const cures = troubles.map(({ fingerprint }) => fingerprint);
  const made = fileActions(node.name, cures, edits, rotation.files);
  return made.state === 'refused'
    ? refusal(troubles, made)
    : { actions: made.actions satisfies readonly FileAction[], refused: [] };
}

function refusal(
  troubles: readonly Trouble[],
  { why, file }: { readonly why: string; readonly file: string },
): ProblemPlan {
  const refused = troubles.map(({ fingerprint }) => ({ fingerprint, key: `refused.${why}`, params: { file } }));
  return { actions: [], refused };
}
