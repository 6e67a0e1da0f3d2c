import { coverageOf } from '../rotation/coverage.ts';
import { dockerOf, sortLogs } from '../logs/docker-logs.ts';
import type { NodeRuntime } from '../runtime/node-runtime.ts';
import type { Rotation } from '../rotation/rotation.ts';
import type { NodeFacts } from '../facts.ts';
import type { DockerContainer, LogFile } from '../logs/log-files.ts';
import type { DockerLog } from '../logs/watched-logs.ts';
import { boundOfFiles, coverageBound, dockerBound, unbounded, type Bound } from './log-bounds.ts';

/** What the logs of one container take, and the most that they ever can. */
export interface ContainerUse {
  /** The folder of its logs, absolute: the same in two bundles of one node. */
  readonly folder: string;
  /** Bytes on the disk, old logs and archives included. */
  readonly used: number;
  /** Bytes of the log that is written to, as `ls` shows them. */
  readonly live: number;
  readonly bound: Bound;
}

/** Where kubelet rotates: its `containerLogMaxSize` in bytes and `containerLogMaxFiles`. */
export interface KubeletRotation {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** Undefined where what rotates the logs could not be read: then all counts as without a bound. */
export type KnownRotation = Rotation | undefined;

/** The containers that docker writes for. */
export function dockerUses(facts: NodeFacts, rotation: KnownRotation): readonly ContainerUse[] {
  const docker = dockerOf(facts);
  if (docker.state !== 'seen') return [];
  const { containersFolder } = docker.value;
  const sorted = sortLogs(docker.value);
  const known = new Set(docker.value.containers.map(({ id }) => id));
  const ours = sorted.unbounded.filter(({ container }) => known.has(container.id));
  const bounds =
    rotation === undefined
      ? []
      : coverageOf(ours, rotation).map(
          (coverage) => [coverage.log.container.id, coverageBound(coverage, rotation.run.days)] as const,
        );
  const byId = new Map<string, Bound>(bounds);
  return [
    ...ours.map(({ container }: DockerLog) =>
      dockerUse(containersFolder, container, byId.get(container.id) ?? unbounded),
    ),
    ...sorted.bounded.map((container) => dockerUse(containersFolder, container, dockerBound(container))),
  ];
}

function dockerUse(containersFolder: string, { id, log, rotated }: DockerContainer, bound: Bound): ContainerUse {
  const files = log === undefined ? rotated : [log, ...rotated];
  return { folder: `${containersFolder}/${id}`, used: allocated(files), live: log?.size ?? 0, bound };
}

/** The containers whose logs kubelet rotates. */
export function podUses(facts: NodeFacts, runtime: NodeRuntime, rotation: KubeletRotation): readonly ContainerUse[] {
  if (runtime.pods !== 'cri' || facts.logFiles.state !== 'seen') return [];
  // A negative size turns kubelet's rotation off.
  const bound = rotation.maxBytes < 0 ? unbounded : boundOfFiles(rotation.maxBytes, rotation.maxFiles);
  const files = facts.logFiles.value.pods.filter((log) => !log.isLink);
  return [...Map.groupBy(files, ({ folder }) => folder)].map(([folder, logs]) => {
    const live = logs.filter(({ name }) => name.endsWith('.log'));
    return { folder: `/var/log/pods/${folder}`, used: allocated(logs), live: live.at(-1)?.size ?? 0, bound };
  });
}

function allocated(files: readonly LogFile[]): number {
  return files.reduce((sum, file) => sum + file.allocated, 0);
}
