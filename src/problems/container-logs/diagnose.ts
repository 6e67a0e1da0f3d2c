import type { Evidence, NodeEvidence, Seen } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { criVerdicts } from './diagnose/cri-verdicts.ts';
import { placesOf } from './diagnose/docker-aim.ts';
import { dockerOf, sortLogs } from './diagnose/docker-logs.ts';
import { dockerVerdict } from './diagnose/docker-verdict.ts';
import { finding, unknown, unseen, type Verdict } from './diagnose/finding.ts';
import { nodeRuntime, type NodeRuntime } from './diagnose/node-runtime.ts';
import { everyDockerLog, isUnprivileged, nodeRotation, podLogs } from './diagnose/node-view.ts';
import type { Rotation } from './diagnose/rotation.ts';
import { diskOf, usageFacts } from './diagnose/usage.ts';
import { nodeFacts, type NodeFacts } from './facts.ts';
import { scheduleFindings } from './schedule/schedule-findings.ts';

/** One finding a node, or more where docker and another runtime are both at work. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  return evidence.nodes.flatMap(diagnoseNode);
}

interface SeenNode {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
}

function diagnoseNode(node: NodeEvidence): readonly Finding[] {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return [unseen(node.name, 'runtime', runtime)];
  const seen = { node, facts, runtime: runtime.value };
  const rotation = nodeRotation(facts);
  if (rotation.state !== 'seen') return [withoutRotation(seen, rotation)];
  const doubt = doubtOf(node, rotation.value);
  return doubt === undefined ? [...dockerFindings(seen, rotation.value), ...criFindings(seen, rotation.value)] : [doubt];
}

function withoutRotation({ node, facts, runtime }: SeenNode, rotation: Exclude<Seen<Rotation>, { readonly state: 'seen' }>): Finding {
  const isMissing = facts.release.state === 'unknown' && facts.release.reason === 'tool-missing';
  if (isMissing && !runtime.docker) return finding(node.name, { status: 'pass', rule: 'kubelet-rotates' });
  if (isMissing) return finding(node.name, withUsage({ status: 'fail', rule: 'logrotate-missing' }, facts, 'docker'));
  return unseen(node.name, facts.rotationFiles.state === 'seen' ? 'logrotate-version' : 'rotation-files', rotation);
}

/** What stands in the way of any conclusion from the configuration. */
export function doubtOf(node: NodeEvidence, { configuration }: Rotation): Finding | undefined {
  const [path] = configuration.unseen;
  const [faulty] = configuration.unpredictable;
  if (path !== undefined) return unknown(node.name, 'included-file', isUnprivileged(node) ? 'needs-root' : 'malformed', { file: path });
  return faulty === undefined ? undefined : unknown(node.name, 'unpredictable', 'malformed', { file: faulty });
}

function dockerFindings({ node, facts, runtime }: SeenNode, rotation: Rotation): readonly Finding[] {
  if (!runtime.docker) return [];
  const docker = dockerOf(facts);
  if (docker.state !== 'seen') return [unseen(node.name, 'log-files', docker)];
  const verdict = dockerVerdict(rotation, sortLogs(docker.value), diskOf(facts, 'docker'));
  return [finding(node.name, withUsage(verdict, facts, 'docker')), ...scheduleFindings(node, facts, docker.value)];
}

function criFindings({ node, facts, runtime }: SeenNode, rotation: Rotation): readonly Finding[] {
  if (runtime.pods !== 'cri') return [];
  const verdicts = criVerdicts(rotation, placesOf(everyDockerLog(facts), podLogs(facts)), runtime);
  return verdicts.map((verdict) => finding(node.name, withUsage(verdict, facts, 'pods')));
}

function withUsage(verdict: Verdict, facts: NodeFacts, of: 'docker' | 'pods'): Verdict {
  return { ...verdict, facts: { ...usageFacts(facts, of), ...verdict.facts } };
}
