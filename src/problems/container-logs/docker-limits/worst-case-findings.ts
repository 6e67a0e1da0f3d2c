import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { Finding } from '../../problem.ts';
import { factOf, type NodeFacts } from '../facts.ts';
import { finding } from '../finding.ts';
import { runningKubelet } from '../kubelet-limits/kubelet-findings.ts';
import { kubeletLimits } from '../kubelet-limits/kubelet-limits.ts';
import type { SortedLogs } from '../logs/docker-logs.ts';
import { diskOf } from '../logs/usage.ts';
import type { Rotation } from '../rotation/rotation.ts';
import { dockerWorstCase, exceeds, type DockerWorstCase } from './docker-worst-case.ts';

const sections = [factOf.logFiles, factOf.rotationFiles, factOf.disk];

/**
 * That docker's logs may become larger than their disk although each of them has a bound. `rotation` is undefined where
 * a rule keeps none.
 */
export function worstCaseFindings(
  node: NodeEvidence,
  facts: NodeFacts,
  logs: SortedLogs,
  rotation: Rotation | undefined,
): readonly Finding[] {
  const disk = diskOf(facts, 'docker');
  if (disk === undefined) return [];
  const worst = dockerWorstCase({ logs, rotation, disk, maxPods: maxPodsOf(node, facts) });
  const when = worst && exceeds(worst, disk);
  if (worst === undefined || when === undefined) return [];
  const numbers = {
    worstCaseBytes: Math.round(worst.now),
    ...(worst.full === undefined ? {} : { worstCaseFullBytes: Math.round(worst.full) }),
    diskBytes: disk.size,
    diskFreeBytes: disk.free,
  };
  const params = { ...paramsOf(worst.by), bytes: Math.round(when === 'now' ? worst.now : (worst.full ?? worst.now)) };
  const why = `${worst.by.kind}-${when}`;
  return [
    finding(node.name, { status: 'warn', rule: 'docker-logs-exceed-disk', why, params, facts: numbers, sections }),
  ];
}

function paramsOf(by: DockerWorstCase['by']): Readonly<Record<string, string>> {
  if (by.kind === 'rule') return { file: by.file };
  const { name, id, maxSize = '', maxFiles = '1' } = by.container;
  return { container: name ?? id.slice(0, 12), size: maxSize, files: maxFiles };
}

/** Where kubelet does not run nobody says how many pods there may be. */
function maxPodsOf(node: NodeEvidence, facts: NodeFacts): number | undefined {
  const kubelet = runningKubelet(facts);
  const limits = kubelet.state === 'seen' ? kubeletLimits(node, kubelet.value) : undefined;
  return limits?.state === 'seen' ? limits.value.maxPods.value : undefined;
}
