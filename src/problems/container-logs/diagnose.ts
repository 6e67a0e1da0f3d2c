import type { Evidence, NodeEvidence, Seen } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { criVerdicts } from './diagnose/cri-verdicts.ts';
import { placesOf } from './diagnose/docker-aim.ts';
import { dockerOf, sortLogs } from './diagnose/docker-logs.ts';
import { dockerVerdict } from './diagnose/docker-verdict.ts';
import { finding, unknown, unseen, type Verdict } from './diagnose/finding.ts';
import { nodeRuntime, type NodeRuntime } from './diagnose/node-runtime.ts';
import { readRotation, type Rotation } from './diagnose/rotation.ts';
import { diskOf, usageFacts } from './diagnose/usage.ts';
import { nodeFacts, type NodeFacts } from './facts.ts';
import { dockerLogs, podLogPaths } from './logs/watched-logs.ts';

/** One finding a node, or more where docker and another runtime are both at work. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  return evidence.nodes.flatMap(diagnoseNode);
}

function diagnoseNode(node: NodeEvidence): readonly Finding[] {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return [unseen(node.name, 'runtime', runtime)];
  const rotation = nodeRotation(facts);
  if (rotation.state !== 'seen') return [withoutRotation(node, facts, runtime.value, rotation)];
  const doubt = doubtOf(node, rotation.value);
  if (doubt !== undefined) return [doubt];
  return [...dockerFindings(node, facts, runtime.value, rotation.value), ...criFindings(node, facts, runtime.value, rotation.value)];
}

/** The configuration as logrotate on this node reads it. */
export function nodeRotation(facts: NodeFacts): Seen<Rotation> {
  if (facts.rotationFiles.state !== 'seen') return facts.rotationFiles;
  if (facts.release.state !== 'seen') return facts.release;
  const docker = dockerOf(facts);
  const logs = docker === undefined ? [] : allDockerLogs(docker);
  const pods = podLogPaths(facts.logFiles.state === 'seen' ? facts.logFiles.value : undefined);
  return { state: 'seen', value: readRotation(facts.rotationFiles.value, facts.release.value, logs, pods) };
}

/** Every log that a pattern can match, whether or not it needs a rule. */
function allDockerLogs(docker: NonNullable<ReturnType<typeof dockerOf>>): ReturnType<typeof dockerLogs> {
  const needRule = sortLogs(docker).unbounded;
  const others = docker.containers.filter(({ id }) => !needRule.some(({ container }) => container.id === id));
  return [...needRule, ...dockerLogs(docker, others)];
}

function withoutRotation(
  node: NodeEvidence,
  facts: NodeFacts,
  runtime: NodeRuntime,
  rotation: Exclude<Seen<Rotation>, { readonly state: 'seen' }>,
): Finding {
  const isMissing = facts.release.state === 'unknown' && facts.release.reason === 'tool-missing';
  if (isMissing && runtime.docker) return finding(node.name, { status: 'fail', rule: 'logrotate-missing', severity: 'high' });
  if (isMissing) return finding(node.name, { status: 'pass', rule: 'kubelet-rotates' });
  return unseen(node.name, facts.rotationFiles.state === 'seen' ? 'logrotate-version' : 'rotation-files', rotation);
}

/** What stands in the way of any conclusion from the configuration. */
function doubtOf(node: NodeEvidence, { configuration }: Rotation): Finding | undefined {
  const [path] = configuration.unseen;
  const [faulty] = configuration.unpredictable;
  const isClosed = node.access.state === 'seen' && node.access.value.privilege === 'unprivileged';
  if (path !== undefined) return unknown(node.name, 'included-file', isClosed ? 'needs-root' : 'malformed', { file: path });
  return faulty === undefined ? undefined : unknown(node.name, 'unpredictable', 'malformed', { file: faulty });
}

function dockerFindings(node: NodeEvidence, facts: NodeFacts, runtime: NodeRuntime, rotation: Rotation): readonly Finding[] {
  if (!runtime.docker) return [];
  const docker = dockerOf(facts);
  if (docker === undefined) return facts.logFiles.state === 'seen' ? [] : [unseen(node.name, 'log-files', facts.logFiles)];
  const verdict = dockerVerdict(rotation, sortLogs(docker), diskOf(facts, 'docker')?.size);
  return [finding(node.name, withUsage(verdict, facts, 'docker'))];
}

function criFindings(node: NodeEvidence, facts: NodeFacts, runtime: NodeRuntime, rotation: Rotation): readonly Finding[] {
  if (runtime.pods !== 'cri') return [];
  const docker = dockerOf(facts);
  const pods = podLogPaths(facts.logFiles.state === 'seen' ? facts.logFiles.value : undefined);
  const places = placesOf(docker === undefined ? [] : allDockerLogs(docker), pods);
  return criVerdicts(rotation, places, runtime).map((verdict) => finding(node.name, withUsage(verdict, facts, 'pods')));
}

function withUsage(verdict: Verdict, facts: NodeFacts, of: 'docker' | 'pods'): Verdict {
  return { ...verdict, facts: { ...usageFacts(facts, of), ...verdict.facts } };
}
