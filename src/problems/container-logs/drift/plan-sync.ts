import type { CheckReference } from '../../../actions/action.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import { joinedPlans, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { ProblemPlan } from '../../problem.ts';
import { asBytes } from '../../kit/file-edit.ts';
import { textKey } from '../../kit/findings.ts';
import type { NodeDrift, WantedFile, Words } from '../../kit/synchronise.ts';
import { trialArguments } from '../rotation/checks/trial.ts';
import { criVerdicts, isIdle } from '../rotation/cri-verdicts.ts';
import { placesOf, type RuleTarget } from '../rotation/rule-target.ts';
import { sortLogs } from '../logs/docker-logs.ts';
import { dockerVerdict } from '../rotation/docker-verdict.ts';
import { problemId, type Verdict } from '../finding.ts';
import { everyDockerLog, nodeRotation, podLogs } from '../rotation/node-view.ts';
import type { Rotation } from '../rotation/rotation.ts';
import { diskOf } from '../logs/usage.ts';
import type { RotationFile } from '../rotation/rotation-files.ts';
import { normalPath } from '../../../logrotate/glob.ts';
import { rootFile, withEdits, type Edit } from '../rotation/edit.ts';
import { fileActions, type ReasonedEdit } from '../rotation/file-actions.ts';
import { othersAreUnchanged } from '../rotation/others.ts';
import { clearFile, isUnwanted } from '../rotation/removable.ts';
import { driftOfViews, viewsOf } from './drift.ts';
import { isExpected, type NodeContext } from './node-context.ts';

/**
 * Puts the source where it differs, and takes the file away where kubelet rotates. A node where that would make two
 * rules for one log, lose a rule for other logs, or not put the rule into force is left to a person.
 */
export function planSync(evidence: Evidence, wanted: Required<WantedFile>): ProblemPlan {
  const views = viewsOf(evidence, wanted.path);
  const { nodes } = driftOfViews(views, wanted);
  const plans = views.map(({ view }, index) => {
    const own = nodes[index];
    if (own?.finding.status !== 'fail' || view.state !== 'seen') return nothingPlanned;
    return planNode(view.context, own, wanted);
  });
  return joinedPlans(plans);
}

type NodePlan =
  | { readonly state: 'planned'; readonly edit: ReasonedEdit }
  | { readonly state: 'refused'; readonly words: Words };

function planNode(
  context: NodeContext,
  { finding: { fingerprint } }: NodeDrift,
  wanted: Required<WantedFile>,
): ProblemPlan {
  const planned = isExpected(context) ? place(context, wanted) : takeAway(context, wanted.path);
  if (planned.state === 'refused') return { actions: [], refused: [{ fingerprint, ...planned.words }] };
  const made = fileActions(context.node.name, [fingerprint], [planned.edit], context.rotation.files);
  if (made.state === 'planned') return { actions: made.actions, refused: [] };
  return refusedPlan([fingerprint], made.why, { file: made.file });
}

function place(context: NodeContext, { path, source }: Required<WantedFile>): NodePlan {
  const { rotation, docker, unbounded, file } = context;
  const places = placesOf(unbounded, []);
  const isOurs = (block: Parameters<typeof isUnwanted>[0]): boolean =>
    isUnwanted(block, { places, targets: ['docker'], idle: [] });
  const other = rotation.configuration.blocks.find((block) => block.file !== path && isOurs(block));
  if (other !== undefined) return refused('claimed-elsewhere', other.file);
  if (rotation.files.dangling.has(path)) return refused('symlink', path);
  if (file === 'absent' && !rotation.files.folders.has(folderOf(path))) return refused('no-place', folderOf(path));
  const edit: Edit = { path, to: rootFile(asBytes(source.content)) };
  const after = reread(context, [edit]);
  if (!othersAreUnchanged(rotation, after, places)) return refused('holds-others', path);
  const verdict = verdictOf(after, context);
  if (isFault(verdict))
    return {
      state: 'refused',
      words: { key: textKey(verdict.rule, verdict.why), params: verdict.params ?? {} },
    };
  const rules = after.configuration.blocks.filter((block) => block.file === path && isOurs(block));
  const logs = new Set(unbounded.flatMap((log) => log.paths));
  const held = rules.flatMap((rule) =>
    rule.files
      .map(normalPath)
      .filter((log) => logs.has(log))
      .map((log) => ({ rule, folder: folderOf(folderOf(log)) })),
  );
  // Where every container has a limit of its own there is no log yet that needs the rule.
  const [first] = [...held, ...rules.map((rule) => ({ rule, folder: `${docker.root}/containers` }))];
  if (first === undefined) return refused('no-cure', path);
  const verify: readonly CheckReference[] = [
    { check: `${problemId}/rule-covers-logs`, args: trialArguments(first.folder, first.rule, after.run) },
  ];
  return { state: 'planned', edit: { ...edit, why: whyOf(context, source.sha256), verify } };
}

function whyOf({ file }: NodeContext, sha256: string): string {
  if (file === 'absent') return 'sync-create';
  return file.sha256 === sha256 ? 'sync-mode' : 'sync-replace';
}

/** A log that does not fit is a trouble of its own, and no reason to leave the file as it is. */
function verdictOf(after: Rotation, { docker, facts }: NodeContext): Verdict {
  const logs = sortLogs(docker);
  const verdict = dockerVerdict(after, logs, diskOf(facts, 'docker'));
  return verdict.rule === 'log-outgrows-room' ? dockerVerdict(after, logs, undefined) : verdict;
}

/** What the source's author was warned of is his decision; what this node's logrotate complains about is not. */
function isFault({ status, rule }: Verdict): boolean {
  return status === 'fail' || rule === 'rule-has-errors' || rule === 'rule-duplicate';
}

function takeAway(context: NodeContext, path: string): NodePlan {
  const { rotation, runtime, facts } = context;
  const places = placesOf(everyDockerLog(facts), podLogs(facts));
  const idle: readonly RuleTarget[] = (['docker', 'links'] as const).filter((target) => isIdle(target, runtime));
  const cleared = clearFile(path, rotation, { places, targets: ['pods', ...idle], idle: [] });
  if (cleared.state === 'refused') return refused(cleared.why, path);
  if (cleared.state === 'kept') return refused('holds-others', path);
  const edit: Edit = {
    path,
    to: cleared.state === 'empty' ? 'absent' : { ...ownerOf(context), content: cleared.content },
  };
  const after = reread(context, [edit]);
  if (!othersAreUnchanged(rotation, after, places)) return refused('holds-others', path);
  // The check that follows looks at the whole configuration.
  if (criVerdicts(after, places, runtime).some(({ status }) => status !== 'pass'))
    return refused('others-remain', path);
  const gone: CheckReference = {
    check: `${problemId}/rule-gone`,
    args: ['/var/log/pods', '/var/log/containers', ...places.docker],
  };
  return {
    state: 'planned',
    edit: { ...edit, why: edit.to === 'absent' ? 'remove-rule' : 'cut-rule', verify: [gone] },
  };
}

function ownerOf({ file }: NodeContext): Pick<RotationFile, 'mode' | 'uid' | 'gid'> {
  const { mode, uid, gid } = file === 'absent' ? rootFile('') : file;
  return { mode, uid, gid };
}

function reread({ facts, rotation }: NodeContext, edits: readonly Edit[]): Rotation {
  const edited = nodeRotation(facts, { state: 'seen', value: withEdits(rotation.files, edits) });
  return edited.state === 'seen' ? edited.value : rotation;
}

function refused(why: string, file: string): NodePlan {
  return { state: 'refused', words: { key: `refused.${why}`, params: { file } } };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
