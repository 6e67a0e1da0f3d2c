import type { NodeEvidence, Observed } from '../../../evidence/evidence.ts';
import type { NodeFacts } from '../facts.ts';
import type { RotationFiles } from './rotation-files.ts';
import { dockerLogs, podLogPaths, type DockerLog } from '../logs/watched-logs.ts';
import { dockerOf, sortLogs } from '../logs/docker-logs.ts';
import { readRotation, type Rotation } from './rotation.ts';

/** The configuration as logrotate on this node reads it; with `files` as it would read them. */
export function nodeRotation(
  facts: NodeFacts,
  files: Observed<RotationFiles> = facts.rotationFiles,
): Observed<Rotation> {
  if (files.state !== 'seen') return files;
  if (facts.release.state !== 'seen') return facts.release;
  return {
    state: 'seen',
    value: readRotation(files.value, facts.release.value, everyDockerLog(facts), podLogs(facts)),
  };
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
