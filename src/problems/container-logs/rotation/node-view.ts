import type { NodeEvidence, Observed } from '../../../evidence/evidence.ts';
import type { NodeFacts } from '../facts.ts';
import type { RotationFiles } from './rotation-files.ts';
import { dockerLogs, podLogPaths, type DockerLog } from '../logs/watched-logs.ts';
import { dockerOf, sortLogs } from '../logs/docker-logs.ts';
import { runTimes } from './rotation-times.ts';
import { dailyRun, mainFile, readRotation, type Rotation } from './rotation.ts';
import { scheduledRuns, type ScheduledRun } from '../schedule/scheduled-runs.ts';

/** The main file as logrotate on this node reads it; with `files` as it would read them. */
export function nodeRotation(
  facts: NodeFacts,
  files: Observed<RotationFiles> = facts.rotationFiles,
): Observed<Rotation> {
  if (files.state !== 'seen') return files;
  if (facts.release.state !== 'seen') return facts.release;
  const logs = { docker: everyDockerLog(facts), pods: podLogs(facts) };
  const runs = runsOf(facts)?.filter(readsMainFile);
  const run = runs === undefined ? dailyRun : { ...dailyRun, ...runTimes(runs) };
  return { state: 'seen', value: readRotation(files.value, facts.release.value, logs, run) };
}

/** What runs work with that are given other files than the main one, each once. */
export function ownRotations(facts: NodeFacts): readonly Rotation[] {
  const { rotationFiles: files, release } = facts;
  if (files.state !== 'seen' || release.state !== 'seen') return [];
  const runs = (runsOf(facts) ?? []).filter(
    (run) => Number.isFinite(run.period) && !isPlain(run) && !run.configurations.includes('?'),
  );
  if (runs.length === 0) return [];
  const logs = { docker: everyDockerLog(facts), pods: podLogs(facts) };
  const byFiles = Map.groupBy(runs, ({ configurations, isForced }) => JSON.stringify([configurations, isForced]));
  return [...byFiles.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    return [readRotation(files.value, release.value, logs, { ...first, ...runTimes([first, ...others]) })];
  });
}

/** Undefined where the schedule was not seen. */
function runsOf({ scheduler }: NodeFacts): readonly ScheduledRun[] | undefined {
  return scheduler.state === 'seen' && scheduler.value !== 'no-docker' ? scheduledRuns(scheduler.value) : undefined;
}

function readsMainFile({ configurations }: ScheduledRun): boolean {
  return configurations.includes(mainFile);
}

/** As every distribution runs it. */
function isPlain({ configurations, isForced }: ScheduledRun): boolean {
  return !isForced && configurations.every((path) => path === mainFile);
}

/** Every log that a pattern can match, whether or not it needs a rule; that of a container to come is one of them. */
export function everyDockerLog(facts: NodeFacts): readonly DockerLog[] {
  const docker = dockerOf(facts);
  if (docker.state !== 'seen') return [];
  const needRule = sortLogs(docker.value).unbounded;
  const known = new Set(needRule.map(({ container }) => container.id));
  const others = docker.value.containers.filter(({ id }) => !known.has(id));
  return [...needRule, ...dockerLogs(docker.value, others)];
}

export function podLogs(facts: NodeFacts): readonly string[] {
  return podLogPaths(facts.logFiles.state === 'seen' ? facts.logFiles.value : undefined);
}

/** Whether the probe ran without root on this node. */
export function isUnprivileged(node: NodeEvidence): boolean {
  return node.access.state === 'seen' && node.access.value.privilege === 'unprivileged';
}
