import type { CheckReference } from '../../../actions/action.ts';
import type { NodeEvidence } from '../../../evidence/evidence.ts';
import { asOneChange, fingerprintsOf, joinedPlans, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { Trouble } from '../../kit/rules.ts';
import type { ProblemPlan } from '../../problem.ts';
import { nodeFacts, type NodeFacts } from '../facts.ts';
import { problemId } from '../finding.ts';
import { dockerOf } from '../logs/docker-logs.ts';
import { nodeRuntime, type NodeRuntime } from '../runtime/node-runtime.ts';
import { planCri } from './cri-plan.ts';
import { placesOf } from './rule-target.ts';
import { planDocker } from './docker-plan.ts';
import { withEdits, type Edit } from './edit.ts';
import { fileActions, type ReasonedEdit } from './file-actions.ts';
import { isOfOwnRun } from './held-rotation.ts';
import { everyDockerLog, nodeRotation, podLogs } from './node-view.ts';
import type { Rotation } from './rotation.ts';

interface NodeContext {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
  readonly rotation: Rotation;
}

/** Edits of logrotate's files: for docker, and where another runtime has no use for them. */
export function planRules(node: NodeEvidence, ofDocker: readonly Trouble[], idle: readonly Trouble[]): ProblemPlan {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  const rotation = nodeRotation(facts);
  // Findings that come from elsewhere than this evidence have nothing to be planned from.
  if (ofDocker.length + idle.length === 0 || runtime.state !== 'seen' || rotation.state !== 'seen')
    return nothingPlanned;
  const context = { node, facts, runtime: runtime.value, rotation: rotation.value };
  const parts = [
    asOneChange('docker-rule', dockerPart(context, ofDocker)),
    asOneChange('idle-rules', criPart(context, idle)),
  ];
  return joinedPlans(parts);
}

function dockerPart(context: NodeContext, troubles: readonly Trouble[]): ProblemPlan {
  const docker = dockerOf(context.facts);
  if (troubles.length === 0 || docker.state !== 'seen') return nothingPlanned;
  const own = troubles.find(({ rule, text: { params } }) =>
    isOfOwnRun({ rule, file: params['file'] }, context.rotation),
  );
  if (own !== undefined) return refusedPlan(troubles, 'own-run', own.text.params);
  const planned = planDocker({
    rotation: context.rotation,
    docker: docker.value,
    reread: (edits) => reread(context, edits),
  });
  if (planned.state === 'refused') return refusedPlan(troubles, planned.why, { file: planned.file });
  const last = planned.edits.at(-1);
  const verified = { check: `${problemId}/rule-covers-logs`, args: planned.trial };
  return asActions(
    context,
    troubles,
    planned.edits.map((edit) => ({ ...edit, verify: edit === last ? [verified] : [] })),
  );
}

function criPart(context: NodeContext, troubles: readonly Trouble[]): ProblemPlan {
  if (troubles.length === 0) return nothingPlanned;
  const places = placesOf(everyDockerLog(context.facts), podLogs(context.facts));
  const planned = planCri({ ...context, places, reread: (edits) => reread(context, edits) });
  if (planned.state === 'refused') return refusedPlan(troubles, planned.why, { file: planned.file });
  const gone = ['/var/log/pods', '/var/log/containers', ...(context.runtime.docker ? [] : places.docker)];
  const verified: CheckReference = { check: `${problemId}/rule-gone`, args: gone };
  const last = planned.edits.at(-1);
  return asActions(
    context,
    troubles,
    planned.edits.map((edit) => ({ ...edit, verify: edit === last ? [verified] : [] })),
  );
}

function reread({ facts, rotation }: NodeContext, edits: readonly Edit[]): Rotation {
  const edited = nodeRotation(facts, { state: 'seen', value: withEdits(rotation.files, edits) });
  return edited.state === 'seen' ? edited.value : rotation;
}

function asActions(
  { node, rotation }: NodeContext,
  troubles: readonly Trouble[],
  edits: readonly ReasonedEdit[],
): ProblemPlan {
  const cures = fingerprintsOf(troubles);
  const made = fileActions(node.name, cures, edits, rotation.files);
  return made.state === 'refused'
    ? refusedPlan(cures, made.why, { file: made.file })
    : { actions: made.actions, refused: [] };
}
