import type { FileAction } from '../../../actions/file/file-action.ts';
import type { ServiceAction } from '../../../actions/service/service-action.ts';
import type { NodeEvidence } from '../../../evidence/evidence.ts';
import { maskedNames } from '../../../runtimes/docker/daemon-config.ts';
import { daemonConfig, faultOf, isChangedSinceStart } from '../../../runtimes/docker/daemon-fault.ts';
import type { DaemonFile, DockerDaemon } from '../../../runtimes/docker/docker-daemon.ts';
import { fileChange, fileObstacle, fileText } from '../../kit/file-edit.ts';
import { fingerprintsOf, nothingPlanned, refusedPlan } from '../../kit/plan-parts.ts';
import type { Finding, ProblemPlan } from '../../problem.ts';
import { dockerOf, sortLogs } from '../logs/docker-logs.ts';
import { problemId } from '../finding.ts';
import { isCuredBy } from '../rules.ts';
import { nodeRuntime } from '../runtime/node-runtime.ts';
import { daemonUnit, nodeFacts, type NodeFacts } from '../facts.ts';
import type { DockerLogs } from '../logs/log-files.ts';
import { limitsOf, newContainers } from '../../../runtimes/docker/default-limits.ts';
import { newDaemonFile, wantedLimits, withLogOpts } from '../../../runtimes/docker/with-log-opts.ts';

/** `daemon-log-opts` limits what docker makes from its next start on; `docker-restart` is that start, at once. */
const daemonRemedies = ['daemon-log-opts', 'docker-restart'] as const;

export interface DaemonPlanInput {
  readonly node: NodeEvidence;
  /** All of this problem's findings on the node; what is planned answers the troubles among them. */
  readonly findings: readonly Finding[];
  readonly remedies: ReadonlySet<string>;
}

/**
 * docker's own limits, where they were asked for. A node that is well may get them too: the rule of logrotate loses
 * lines, they do not.
 */
export function planDaemon({ node, findings, remedies }: DaemonPlanInput): ProblemPlan {
  // What only a restart cures.
  const pending = findings.filter((finding) => isCuredBy('docker-limits', finding));
  const asked = daemonRemedies.filter((id) => remedies.has(id));
  if (asked.length === 0) return refusedPlan(pending, 'daemon-restart', {});
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen' || !runtime.value.docker) return nothingPlanned;
  const anchors = pending.length > 0 ? pending : findings.slice(0, 1);
  const docker = dockerOf(facts);
  if (facts.daemon.state !== 'seen' || facts.daemon.value === 'no-docker' || docker.state !== 'seen')
    return refusedPlan(anchors, 'daemon-unseen', {});
  return planWith({ node, facts, docker: docker.value, anchors, remedies }, facts.daemon.value);
}

interface Context {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly docker: DockerLogs;
  readonly anchors: readonly Finding[];
  readonly remedies: ReadonlySet<string>;
}

function planWith(context: Context, daemon: DockerDaemon): ProblemPlan {
  const config = daemonConfig(daemon);
  const { file } = daemon;
  if (config?.state !== 'valid' || faultOf(daemon, config) !== undefined) {
    return refusedPlan(context.anchors, config === undefined ? 'daemon-unseen' : 'daemon-broken', {
      file: file.path,
    });
  }
  const limits = limitsOf(daemon, config.options);
  const becomes = newContainers(limits);
  if (becomes === 'elsewhere' && limits.driver !== 'local')
    return refusedPlan(context.anchors, 'daemon-driver', { driver: limits.driver });
  const obstacle = becomes === 'unbounded' && context.remedies.has('daemon-log-opts') ? obstacleOf(daemon) : undefined;
  if (obstacle !== undefined) return refusedFile(context, file, obstacle);
  return steps(context, daemon, { isLimited: becomes !== 'unbounded', isLive: limits.liveRestore });
}

interface Limited {
  /** The file gives limits as it is. */
  readonly isLimited: boolean;
  readonly isLive: boolean;
}

/** The file where it lacks limits, and the restart where something waits for it. */
function steps(context: Context, daemon: DockerDaemon, { isLimited, isLive }: Limited): ProblemPlan {
  const needsFile = !isLimited && context.remedies.has('daemon-log-opts');
  const needsRestart =
    context.remedies.has('docker-restart') && (needsFile || (isLimited && isChangedSinceStart(daemon)));
  const files = needsFile ? [fileAction(context, daemon.file, needsRestart)] : [];
  if (!needsRestart) return { actions: files, refused: [] };
  const { unit, fragment } = daemonUnit(context.facts, 'dockerd') ?? {};
  if (unit === undefined || fragment === undefined) return refusedPlan(context.anchors, 'docker-no-unit', {});
  return {
    actions: [...files, restartAction(context, { unit, fragment, path: daemon.file.path, isLive })],
    refused: [],
  };
}

/** Why the file cannot be taken over into a plan. */
function obstacleOf({ file, flags }: DockerDaemon): string | undefined {
  // dockerd refuses to start with log options in both places.
  if (flags.has('--log-opt')) return 'daemon-flags';
  if (file.state === 'missing') return file.hasFolder ? undefined : 'no-folder';
  if (file.state === 'closed') return 'daemon-unseen';
  return fileObstacle(file);
}

/** Which values may be secrets is told by their names. */
function refusedFile({ anchors }: Context, file: DaemonFile, obstacle: string): ProblemPlan {
  const masked = obstacle === 'holds-secrets' && file.state === 'read' ? maskedNames(file.content).join(', ') : '';
  if (masked === '') return refusedPlan(anchors, obstacle, { file: file.path });
  const limits = { maxSize: wantedLimits['max-size'], maxFile: wantedLimits['max-file'] };
  return refusedPlan(anchors, 'daemon-masked', { file: file.path, what: masked, ...limits });
}

function fileAction({ node, docker, anchors }: Context, file: DaemonFile, isRestarted: boolean): FileAction {
  return {
    kind: 'file',
    id: `file:${node.name}:${file.path}`,
    problem: problemId,
    node: node.name,
    cures: fingerprintsOf(anchors),
    why: whyFile(docker, file.path, isRestarted),
    path: file.path,
    ...(file.state === 'read' ? fileChange(file, withLogOpts(fileText(file))) : fileChange(undefined, newDaemonFile)),
    validate: [{ check: `${problemId}/daemon-accepts`, args: [] }],
    verify: [],
  };
}

const namedAtMost = 5;

/** Says whom it does not reach: a container keeps the limits that it was made with. */
function whyFile(docker: DockerLogs, file: string, isRestarted: boolean): FileAction['why'] {
  const unbounded = sortLogs(docker).unbounded.filter(({ container }) =>
    docker.containers.some(({ id }) => id === container.id),
  );
  const when = isRestarted ? 'restart' : 'next-start';
  if (unbounded.length === 0) return { key: `why.daemon-log-opts.all.${when}`, params: { file } };
  const names = unbounded.map(({ container }) => container.name ?? container.id.slice(0, 12)).toSorted();
  const shown = names.slice(0, namedAtMost).join(', ') + (names.length > namedAtMost ? ', …' : '');
  return { key: `why.daemon-log-opts.new-only.${when}`, params: { file, count: names.length, names: shown } };
}

interface Restart {
  readonly unit: string;
  readonly fragment: string;
  /** docker's configuration file. */
  readonly path: string;
  readonly isLive: boolean;
}

function restartAction({ node, anchors }: Context, { unit, fragment, path, isLive }: Restart): ServiceAction {
  return {
    kind: 'service',
    id: `service:${node.name}:${unit}`,
    problem: problemId,
    node: node.name,
    cures: fingerprintsOf(anchors),
    // live-restore is read again by a running daemon too (moby daemon/reload.go), log options are not.
    why: { key: `why.docker-restart.${isLive ? 'live' : 'kills'}`, params: { unit } },
    operation: 'restart',
    disrupts: 'restart',
    unit,
    fragment,
    daemonReload: false,
    verify: [{ check: `${problemId}/daemon-has-read`, args: [path] }],
  };
}
