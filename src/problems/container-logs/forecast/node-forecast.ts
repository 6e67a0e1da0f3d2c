import type { NodeEvidence } from '../../../evidence/evidence.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import { diskOf } from '../logs/usage.ts';
import { factOf, type NodeFacts } from '../facts.ts';
import { isSameDisk, type DiskRoom } from '../../../disk/room.ts';
import { wasAskedFor } from '../../kit/read-fact.ts';
import { dockerUses, podUses, type ContainerUse, type KnownRotation } from './container-uses.ts';
import { diskForecast, type DiskForecast, type DiskView } from './disk-forecast.ts';
import type { FileSystem } from '../../../runtimes/kubelet/eviction.ts';
import { growthSince, type Since } from './growth-since.ts';
import { kubeletSettings } from './kubelet-settings.ts';
import { logGrowth, type LogGrowth } from './log-growers.ts';

/** One node as far as a forecast needs it. */
export interface ForecastNode {
  readonly node: NodeEvidence;
  readonly facts: NodeFacts;
  readonly runtime: NodeRuntime;
  readonly rotation: KnownRotation;
  /** When the evidence was collected, milliseconds since 1970. */
  readonly collectedAt: number;
  readonly since: Since | undefined;
}

/** The disk that holds the logs of docker, or of kubelet's own runtime. */
export interface ForecastDisk extends DiskView {
  readonly forecast: DiskForecast;
  readonly logs: LogGrowth;
  /** Bytes of all logs on it. */
  readonly logBytes: number;
  /** When it was looked at, milliseconds since 1970, by the clock of whoever collected. */
  readonly at: number;
  /** What grew on it beside the logs, bytes a second; undefined without an earlier bundle. */
  readonly othersRate: number | undefined;
  /** Where on it the runtime keeps its images; undefined where it does not. */
  readonly imagesAt: string | undefined;
}

/** Undefined where the probe was not asked for what a forecast needs, or the disk could not be seen. */
export function forecastOf(seen: ForecastNode, of: 'docker' | 'pods'): ForecastDisk | undefined {
  const { node, facts, runtime } = seen;
  const room = diskOf(facts, of);
  if (!wasAskedFor(node, factOf.growth) || facts.growth.state !== 'seen' || room === undefined) return undefined;
  const uses = usesOn(seen, room);
  const before = seen.since === undefined ? [] : usesOn({ ...seen, facts: seen.since.facts }, room);
  const since = growthSince(seen.since, room, uses, before);
  const logs = logGrowth(uses, facts.growth.value, since?.logRates);
  const view = { room, roles: rolesOf(facts, runtime, room), settings: kubeletSettings(facts).eviction };
  const logBytes = uses.reduce((sum, { used }) => sum + used, 0);
  return {
    ...view,
    forecast: diskForecast(view, logs, since?.othersRate),
    logs,
    logBytes,
    at: lookedAt(seen),
    othersRate: since?.othersRate.rate,
    imagesAt: imagesAt(facts, runtime, room),
  };
}

/** Everything that logs to this disk, whoever rotates it. */
function usesOn({ facts, runtime, rotation }: ForecastNode, room: DiskRoom): readonly ContainerUse[] {
  const isHere = (of: 'docker' | 'pods'): boolean => {
    const other = diskOf(facts, of);
    return other !== undefined && isSameDisk(room, other);
  };
  const docker = isHere('docker') ? dockerUses(facts, rotation) : [];
  return [...docker, ...(isHere('pods') ? podUses(facts, runtime, kubeletSettings(facts).rotation) : [])];
}

/** Which of kubelet's file systems a disk is. */
export function rolesOf(facts: NodeFacts, runtime: NodeRuntime, room: DiskRoom): ReadonlySet<FileSystem> {
  const roles: readonly (FileSystem | undefined)[] = [
    runtime.pods !== 'none' && isOn(room, '/var/lib/kubelet', facts) ? 'nodefs' : undefined,
    imagesAt(facts, runtime, room) === undefined ? undefined : 'imagefs',
  ];
  return new Set(roles.filter((role) => role !== undefined));
}

/** Where on this disk the runtime of kubelet's pods keeps its images. */
export function imagesAt(facts: NodeFacts, { pods }: NodeRuntime, room: DiskRoom): string | undefined {
  if (pods === 'none') return undefined;
  const dockerRoot = facts.runtime.state === 'seen' ? facts.runtime.value.dockerRoot : '/var/lib/docker';
  const path = pods === 'docker' ? dockerRoot : '/var/lib/containerd';
  return isOn(room, path, facts) ? path : undefined;
}

function isOn(room: DiskRoom, path: string, { disk }: NodeFacts): boolean {
  return disk.state === 'seen' && disk.value.some((other) => other.path === path && isSameDisk(room, other));
}

/**
 * The node tells when the probe ran, for a large cluster takes minutes; its clock may be wrong, and by how much is
 * known.
 */
function lookedAt({ node, facts, collectedAt }: ForecastNode): number {
  const now = facts.growth.state === 'seen' ? facts.growth.value.now : undefined;
  const skew = node.access.state === 'seen' ? node.access.value.clockSkewMs : 0;
  return now === undefined ? collectedAt : now - skew;
}
