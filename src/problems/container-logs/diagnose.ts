import type { Evidence, NodeEvidence, Observed } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { criVerdicts } from './rotation/cri-verdicts.ts';
import { placesOf } from './rotation/rule-target.ts';
import { dockerOf, sortLogs } from './logs/docker-logs.ts';
import { dockerVerdict, rulesHangOnSchedule } from './rotation/docker-verdict.ts';
import { heldRotation } from './rotation/held-rotation.ts';
import { doubtfulProcess, finding, unknown, unobserved, type Verdict } from './finding.ts';
import { withGaps } from './gaps.ts';
import { missingOkVerdict } from './rotation/missing-ok.ts';
import { doubtsOf, nodeRuntime, type NodeRuntime } from './runtime/node-runtime.ts';
import { everyDockerLog, isUnprivileged, nodeRotation, ownRotations, podLogs } from './rotation/node-view.ts';
import type { Rotation } from './rotation/rotation.ts';
import { diskOf, usageFacts } from './logs/usage.ts';
import { nodeFacts, type NodeFacts } from './facts.ts';
import { forecastFacts } from './forecast/forecast-facts.ts';
import { forecastFindings } from './forecast/forecast-findings.ts';
import { sinceOf, type Since } from './forecast/growth-since.ts';
import { forecastOf } from './forecast/node-forecast.ts';
import { roomFindings } from './free-room/free-room-findings.ts';
import { daemonFindings, limitFacts } from './docker-limits/daemon-findings.ts';
import { worstCaseFindings } from './docker-limits/worst-case-findings.ts';
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

interface ObservedNode {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
  readonly collectedAt: number;
  readonly since: Since | undefined;
}

function diagnoseNode(node: NodeEvidence, collectedAt: number, since: Since | undefined): readonly Finding[] {
  const facts = nodeFacts(node);
  const runtime = nodeRuntime(node, facts);
  if (runtime.state !== 'seen') return [unobserved(node.name, 'runtime', runtime), ...doubtFindings(node, facts)];
  const observed = { node, facts, runtime: runtime.value, collectedAt, since };
  const rotation = nodeRotation(facts);
  const held = rotation.state === 'seen' ? heldOn(facts, rotation.value) : undefined;
  const found =
    rotation.state === 'seen'
      ? withRotation(observed, rotation.value, held ?? rotation.value)
      : [withoutRotation(observed, rotation)];
  const room = roomFindings(node, facts, runtime.value);
  const forecast = forecastFindings({ ...observed, rotation: held }, [...found, ...room]);
  return withGaps(facts, runtime.value, [...found, ...room, ...forecast, ...doubtFindings(node, facts)]);
}

/** What the logs of docker's containers are judged by. */
function heldOn(facts: NodeFacts, main: Rotation): Rotation {
  const docker = dockerOf(facts);
  return docker.state === 'seen' ? heldRotation(main, ownRotations(facts), sortLogs(docker.value)) : main;
}

function withRotation(observed: ObservedNode, main: Rotation, held: Rotation): readonly Finding[] {
  const doubt = doubtOf(observed.node, main) ?? doubtOf(observed.node, held);
  return doubt === undefined ? [...dockerFindings(observed, held), ...criFindings(observed, main)] : [doubt];
}

function withoutRotation(
  observed: ObservedNode,
  rotation: Exclude<Observed<Rotation>, { readonly state: 'seen' }>,
): Finding {
  const { node, facts, runtime } = observed;
  const isMissing = facts.release.state === 'unknown' && facts.release.reason === 'tool-missing';
  if (isMissing && !runtime.docker) return finding(node.name, { status: 'pass', rule: 'kubelet-rotates' });
  if (isMissing)
    return finding(node.name, withUsage({ status: 'fail', rule: 'logrotate-missing' }, observed, 'docker'));
  return unobserved(node.name, facts.rotationFiles.state === 'seen' ? 'logrotate-version' : 'rotation-files', rotation);
}

/** What stands in the way of any conclusion from the configuration. */
export function doubtOf(node: NodeEvidence, { configuration }: Rotation): Finding | undefined {
  const [path] = configuration.unseen;
  const [faulty] = configuration.unpredictable;
  if (path !== undefined)
    return unknown(node.name, 'included-file', isUnprivileged(node) ? 'needs-root' : 'malformed', { file: path });
  return faulty === undefined ? undefined : unknown(node.name, 'unpredictable', 'malformed', { file: faulty });
}

function dockerFindings(observed: ObservedNode, rotation: Rotation): readonly Finding[] {
  const { node, facts, runtime } = observed;
  if (!runtime.docker) return [];
  const docker = dockerOf(facts);
  if (docker.state !== 'seen') return [unobserved(node.name, 'log-files', docker)];
  const logs = sortLogs(docker.value);
  const verdict = dockerVerdict(rotation, logs, diskOf(facts, 'docker'));
  if (verdict.status !== 'fail' && facts.scheduler.state === 'unknown' && rulesHangOnSchedule(rotation, logs))
    return [unknown(node.name, 'schedule', facts.scheduler.reason), ...daemonFindings(node, facts)];
  const noisy = verdict.status === 'pass' ? missingOkVerdict(rotation, logs) : undefined;
  const told = { ...verdict, facts: { ...limitFacts(facts, docker.value), ...verdict.facts } };
  return [
    finding(node.name, withUsage(told, observed, 'docker', rotation)),
    ...(noisy === undefined ? [] : [finding(node.name, noisy)]),
    ...scheduleFindings(node, facts, docker.value, rotation.run),
    ...daemonFindings(node, facts),
    ...worstCaseFindings(node, facts, logs, verdict.status === 'fail' ? undefined : rotation),
  ];
}

function criFindings(observed: ObservedNode, rotation: Rotation): readonly Finding[] {
  const { node, facts, runtime } = observed;
  if (runtime.pods !== 'cri') return [];
  const verdicts = criVerdicts(rotation, placesOf(everyDockerLog(facts), podLogs(facts)), runtime);
  const told = verdicts.map((verdict) => ({ ...verdict, facts: { ...kubeletFacts(node, facts), ...verdict.facts } }));
  return [
    ...told.map((verdict) => finding(node.name, withUsage(verdict, observed, 'pods', rotation))),
    ...kubeletFindings(node, facts),
  ];
}

function withUsage(verdict: Verdict, observed: ObservedNode, of: 'docker' | 'pods', rotation?: Rotation): Verdict {
  const forecast = forecastOf({ ...observed, rotation }, of);
  return { ...verdict, facts: { ...usageFacts(observed.facts, of), ...forecastFacts(forecast), ...verdict.facts } };
}
