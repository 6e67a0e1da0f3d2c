import type { NodeEvidence, Observed } from '../../../evidence/evidence.ts';
import type { FactValue, Finding } from '../../problem.ts';
import { finding, unobservedPart, type Verdict } from '../finding.ts';
import { diskOf } from '../logs/usage.ts';
import { factOf, type NodeFacts } from '../facts.ts';
import type { DiskRoom } from '../../../disk/room.ts';
import type { KubeletFacts } from '../../../runtimes/kubelet/kubelet.ts';
import { wasAskedFor } from '../../kit/read-fact.ts';
import { isRaised, kubeletLimits, type KubeletLimits } from './kubelet-limits.ts';
import { bytesOf, containerLogs, type ContainerLogs } from '../logs/pod-logs.ts';
import { quantityText } from '../../../runtimes/kubelet/quantity.ts';
import { exceedsDisk, livingContainers, worstCase } from './worst-case.ts';

const section = factOf.kubelet;
const sections = [section, factOf.runtime, factOf.logFiles, factOf.disk];

/** What is wrong with how kubelet keeps logs small, where it does; nothing when all is well. */
export function kubeletFindings(node: NodeEvidence, facts: NodeFacts): readonly Finding[] {
  if (!wasAskedFor(node, section)) return [];
  const configz = configzFindings(node);
  const kubelet = runningKubelet(facts);
  if (kubelet.state === 'unknown')
    return [...configz, unobservedPart(node.name, 'kubelet-limits-unknown', section, kubelet.reason)];
  if (kubelet.state !== 'seen') return configz;
  const limits = kubeletLimits(node, kubelet.value);
  if (limits.state !== 'seen')
    return [
      ...configz,
      unobservedPart(
        node.name,
        'kubelet-limits-unknown',
        section,
        limits.state === 'unknown' ? limits.reason : 'malformed',
      ),
    ];
  const verdicts = [
    limitVerdict(limits.value, kubelet.value, facts),
    ...logVerdicts(limits.value, kubelet.value, facts),
  ];
  return [
    ...configz,
    ...verdicts.flatMap((verdict) => (verdict === undefined ? [] : [finding(node.name, { sections, ...verdict })])),
  ];
}

/** That the kubelet could not be asked is told; its own files are read instead. */
function configzFindings({ name, kubelet }: NodeEvidence): readonly Finding[] {
  return kubelet?.state === 'unknown'
    ? [
        unobservedPart(
          name,
          kubelet.reason === 'forbidden' ? 'kubelet-configz-forbidden' : 'kubelet-configz-unknown',
          section,
          kubelet.reason,
        ),
      ]
    : [];
}

/** A node whose kubelet is down tells nothing of what it would do. */
export function runningKubelet({ kubelet }: NodeFacts): Observed<KubeletFacts> {
  if (kubelet.state !== 'seen') return kubelet;
  if (kubelet.value === 'no-kubelet')
    return { state: 'unknown', reason: 'probe-failed', detail: 'kubelet does not run' };
  return { state: 'seen', value: kubelet.value };
}

function limitVerdict(limits: KubeletLimits, kubelet: KubeletFacts, facts: NodeFacts): Verdict | undefined {
  return refusedVerdict(limits) ?? sizeVerdict(limits, kubelet, facts);
}

/** What kubelet does not start with. */
function refusedVerdict({ maxBytes, maxFiles, refusedSize, refusedKind }: KubeletLimits): Verdict | undefined {
  const refused = { status: 'fail', rule: 'kubelet-limits-refused' } as const;
  if (refusedKind !== undefined) return { ...refused, why: 'kind', params: { ...refusedKind } };
  if (refusedSize !== undefined) {
    const params = { source: sourceName(refusedSize.source, 'size'), size: refusedSize.value };
    return { ...refused, why: 'size', params };
  }
  // It starts with a negative size, and never rotates.
  if (maxBytes.value < 0 || maxFiles.value > 1) return undefined;
  // NewContainerLogManager in pkg/kubelet/logs/container_log_manager.go.
  return { ...refused, why: 'files', params: { source: sourceName(maxFiles.source, 'files'), files: maxFiles.value } };
}

function sizeVerdict(limits: KubeletLimits, kubelet: KubeletFacts, facts: NodeFacts): Verdict | undefined {
  const { maxBytes, maxFiles } = limits;
  if (maxBytes.value < 0) {
    const params = { source: sourceName(maxBytes.source, 'size') };
    return { status: 'fail', rule: 'kubelet-never-rotates', params };
  }
  const disk = diskOf(facts, 'pods');
  if (disk === undefined || facts.logFiles.state !== 'seen') return undefined;
  const worst = worstCase(limits, kubelet, facts.logFiles.value, disk);
  // With kubelet's defaults it would take a hundred pods that all write their most; where somebody raised them the
  // number is told.
  const full = isRaised(limits) && exceedsDisk(worst, disk) ? 'full' : undefined;
  const exceeds = worst.now > worst.room ? 'now' : full;
  if (exceeds === undefined) return undefined;
  const params = { size: quantityText(maxBytes.value), files: maxFiles.value, pods: limits.maxPods.value };
  return {
    status: 'warn',
    rule: 'kubelet-limits-exceed-disk',
    why: exceeds,
    params,
    facts: limitFacts(limits, kubelet, facts),
  };
}

/** Where a person finds the value: the flag, or the file. */
function sourceName(source: string, what: 'size' | 'files'): string {
  return source === 'flag' ? `--container-log-max-${what}` : source;
}

/** Numbers for people and JSON, and where each came from. */
function limitFacts(
  limits: KubeletLimits,
  kubelet: KubeletFacts,
  facts: NodeFacts,
): Readonly<Record<string, FactValue>> {
  const { maxBytes, maxFiles, maxPods, isChangedSinceStart } = limits;
  const disk = diskOf(facts, 'pods');
  const worst =
    disk === undefined || facts.logFiles.state !== 'seen'
      ? undefined
      : worstCase(limits, kubelet, facts.logFiles.value, disk);
  const kubeletLogs = {
    maxSize: { bytes: maxBytes.value, source: maxBytes.source },
    maxFiles: { value: maxFiles.value, source: maxFiles.source },
    maxPods: { value: maxPods.value, source: maxPods.source },
    isChangedSinceStart,
  };
  return worst === undefined
    ? { kubeletLogs }
    : { kubeletLogs, worstCaseBytes: worst.now, worstCaseFullBytes: worst.full };
}

/** For the finding that a node has in any case. */
export function kubeletFacts(node: NodeEvidence, facts: NodeFacts): Readonly<Record<string, FactValue>> {
  if (!wasAskedFor(node, section)) return {};
  const kubelet = runningKubelet(facts);
  const limits = kubelet.state === 'seen' ? kubeletLimits(node, kubelet.value) : undefined;
  return kubelet.state === 'seen' && limits?.state === 'seen' ? limitFacts(limits.value, kubelet.value, facts) : {};
}

function logVerdicts(limits: KubeletLimits, kubelet: KubeletFacts, facts: NodeFacts): readonly (Verdict | undefined)[] {
  const disk = diskOf(facts, 'pods');
  // Past which limit a log is cannot be said while nobody knows it.
  if (facts.logFiles.state !== 'seen' || disk === undefined || limits.refusedSize) return [];
  const containers = containerLogs(facts.logFiles.value.pods);
  return [pastLimit(limits, livingContainers(kubelet, containers), disk), goneVerdict(kubelet, containers, disk)];
}

/** A smaller part of the disk is not what fills it. */
const worthShare = 1 / 20;

const named = 10;

/**
 * Live logs that are past their limit. kubelet looks every ten seconds, and behind a writer of many megabytes a second
 * it never catches up (kubernetes/kubernetes#110630); a log within twice its limit is on its way, and less than a
 * twentieth of the disk in all is not a problem.
 */
function pastLimit(
  { maxBytes }: KubeletLimits,
  containers: readonly ContainerLogs[],
  disk: DiskRoom,
): Verdict | undefined {
  if (maxBytes.value < 0) return undefined;
  const past = containers
    .flatMap(({ files }) => files)
    .filter(({ name, size }) => /^\d+\.log$/.test(name) && size > 2 * maxBytes.value)
    .toSorted((a, b) => b.size - a.size);
  const bytes = past.reduce((total, { allocated }) => total + allocated, 0);
  const [largest] = past;
  if (largest === undefined || bytes < disk.size * worthShare) return undefined;
  const logsPast = past
    .slice(0, named)
    .map(({ folder, name, size }) => ({ name: `/var/log/pods/${folder}/${name}`, bytes: size }));
  const params = { count: past.length, path: logsPast[0]?.name ?? '', size: quantityText(maxBytes.value) };
  return {
    status: 'warn',
    rule: 'kubelet-logs-past-limit',
    params,
    facts: { logsPast },
  };
}

/** Logs that kubelet left behind: it removes those of pods that it knows, and no others. */
function goneVerdict(
  { knownPods }: KubeletFacts,
  containers: readonly ContainerLogs[],
  disk: DiskRoom,
): Verdict | undefined {
  // An empty folder is as likely one that is not kubelet's.
  if (knownPods === undefined || knownPods.size === 0) return undefined;
  const gone = containers.filter(({ pod }) => !knownPods.has(pod));
  const bytes = bytesOf(gone);
  if (bytes < disk.size * worthShare) return undefined;
  const byPod = Map.groupBy(gone, ({ folder }) => folder.split('/')[0] ?? '');
  const logsOfGonePods = [...byPod]
    .map(([name, own]) => ({ name: `/var/log/pods/${name}`, bytes: bytesOf(own) }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, named);
  const params = { count: byPod.size, bytes, path: logsOfGonePods[0]?.name ?? '' };
  return {
    status: 'warn',
    rule: 'kubelet-forgot-logs',
    params,
    facts: { logsOfGonePods },
  };
}
