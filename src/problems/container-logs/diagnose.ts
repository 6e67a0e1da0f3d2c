import type { Evidence, NodeEvidence, Seen } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { criVerdicts } from './rotation/cri-verdicts.ts';
import { placesOf } from './rotation/docker-aim.ts';
import { dockerOf, sortLogs } from './logs/docker-logs.ts';
import { dockerVerdict } from './rotation/docker-verdict.ts';
import { doubtfulProcess, finding, unknown, unseen, type Verdict } from './finding.ts';
import { withGaps } from './gaps.ts';
import { missingOkVerdict } from './rotation/missing-ok.ts';
import { doubtsOf, nodeRuntime, type NodeRuntime } from './runtime/node-runtime.ts';
import { everyDockerLog, isUnprivileged, nodeRotation, podLogs } from './rotation/node-view.ts';
import type { Rotation } from './rotation/rotation.ts';
import { diskOf, usageFacts } from './logs/usage.ts';
import { nodeFacts, type NodeFacts } from './facts.ts';
import { forecastFacts } from './forecast/forecast-facts.ts';
import { forecastFindings } from './forecast/forecast-findings.ts';
import { sinceOf, type Since } from './forecast/growth-since.ts';
import { forecastOf } from './forecast/node-forecast.ts';
import { roomFindings } from './free-room/free-room-findings.ts';
import { daemonFindings, limitFacts } from './docker-limits/daemon-findings.ts';
import { kubeletFacts, kubeletFindings } from './kubelet-limits/kubelet-findings.ts';
import { scheduleFindings } from './schedule/schedule-findings.ts';

/**
 * One finding a node, or more where docker and another runtime are both at work. `earlier` tells how fast disks and
 * logs grow.
 */
export function diagnose(evidence: Evidence, earlier?: Evidence): readonly Finding[] {
  const collectedAt = Date.parse(evidence.collectedAt);
  return evidence.nodes.flatMap((node) => diagnoseNode(node, collectedAt, sinceOf(node, collectedAt, earlier)));
}

/**
 * What is called like a daemon and is not shown to be the node's own: told once, with why, beside what is known without
 * it.
 */
function doubtFindings({ name: node }: NodeEvidence, facts: NodeFacts): readonly Finding[] {
  const doubts = doubtsOf(facts);
  const [first] = doubts;
  if (first === undefined) return [];
  return [doubtfulProcess(node, first.why, doubts.map(({ name }) => name).join(', '))];
}

interface SeenNode {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
  readonly collectedAt: number;
  readonly since: Since | undefined;
}

function diagnoseNode(node: NodeEvidence, collectedAt: number, since: Since | undefined): readonly Finding[] {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return [unseen(node.name, 'runtime', runtime), ...doubtFindings(node, facts)];
  const seen = { node, facts, runtime: runtime.value, collectedAt, since };
  const rotation = nodeRotation(facts);
  const found = rotation.state === 'seen' ? withRotation(seen, rotation.value) : [withoutRotation(seen, rotation)];
  const room = roomFindings(node, facts, runtime.value);
  const forecast = forecastFindings({ ...seen, rotation: rotation.state === 'seen' ? rotation.value : undefined }, [
    ...found,
    ...room,
  ]);
  return withGaps(facts, runtime.value, [...found, ...room, ...forecast, ...doubtFindings(node, facts)]);
}

function withRotation(seen: SeenNode, rotation: Rotation): readonly Finding[] {
  const doubt = doubtOf(seen.node, rotation);
  return doubt === undefined ? [...dockerFindings(seen, rotation), ...criFindings(seen, rotation)] : [doubt];
}

function withoutRotation(seen: SeenNode, rotation: Exclude<Seen<Rotation>, { readonly state: 'seen' }>): Finding {
  const { node, facts, runtime } = seen;
  const isMissing = facts.release.state === 'unknown' && facts.release.reason === 'tool-missing';
  if (isMissing && !runtime.docker) return finding(node.name, { status: 'pass', rule: 'kubelet-rotates' });
  if (isMissing) return finding(node.name, withUsage({ status: 'fail', rule: 'logrotate-missing' }, seen, 'docker'));
  return unseen(node.name, facts.rotationFiles.state === 'seen' ? 'logrotate-version' : 'rotation-files', rotation);
}

/** What stands in the way of any conclusion from the configuration. */
export function doubtOf(node: NodeEvidence, { configuration }: Rotation): Finding | undefined {
  const [path] = configuration.unseen;
  const [faulty] = configuration.unpredictable;
  if (path !== undefined)
    return unknown(node.name, 'included-file', isUnprivileged(node) ? 'needs-root' : 'malformed', { file: path });
  return faulty === undefined ? undefined : unknown(node.name, 'unpredictable', 'malformed', { file: faulty });
}

function dockerFindings(seen: SeenNode, rotation: Rotation): readonly Finding[] {
  const { node, facts, runtime } = seen;
  if (!runtime.docker) return [];
  const docker = dockerOf(facts);
  if (docker.state !== 'seen') return [unseen(node.name, 'log-files', docker)];
  const logs = sortLogs(docker.value);
  const verdict = dockerVerdict(rotation, logs, diskOf(facts, 'docker'));
  const noisy = verdict.status === 'pass' ? missingOkVerdict(rotation, logs) : undefined;
  const told = { ...verdict, facts: { ...limitFacts(facts, docker.value), ...verdict.facts } };
  return [
    finding(node.name, withUsage(told, seen, 'docker', rotation)),
    ...(noisy === undefined ? [] : [finding(node.name, noisy)]),
    ...scheduleFindings(node, facts, docker.value),
    ...daemonFindings(node, facts),
  ];
}

function criFindings(seen: SeenNode, rotation: Rotation): readonly Finding[] {
  const { node, facts, runtime } = seen;
  if (runtime.pods !== 'cri') return [];
  const verdicts = criVerdicts(rotation, placesOf(everyDockerLog(facts), podLogs(facts)), runtime);
  const told = verdicts.map((verdict) => ({ ...verdict, facts: { ...kubeletFacts(node, facts), ...verdict.facts } }));
  return [
    ...told.map((verdict) => finding(node.name, withUsage(verdict, seen, 'pods', rotation))),
    ...kubeletFindings(node, facts),
  ];
}

function withUsage(verdict: Verdict, seen: SeenNode, of: 'docker' | 'pods', rotation?: Rotation): Verdict {
  const forecast = forecastOf({ ...seen, rotation }, of);
  return { ...verdict, facts: { ...usageFacts(seen.facts, of), ...forecastFacts(forecast), ...verdict.facts } };
}
