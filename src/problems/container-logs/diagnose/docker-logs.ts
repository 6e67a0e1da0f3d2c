import type { Seen } from '../../../evidence/evidence.ts';
import type { NodeFacts } from '../facts.ts';
import type { DockerContainer, DockerLogs } from '../facts/log-files.ts';
import { dockerLogs, futureContainer, type DockerLog } from '../logs/watched-logs.ts';

/** The logs on a node that docker writes, by who keeps them small. */
export interface SortedLogs {
  /** Those that only logrotate can keep small, that of a container to come included. */
  readonly unbounded: readonly DockerLog[];
  /** Containers whose own `max-size` makes dockerd rotate. */
  readonly bounded: readonly DockerContainer[];
  /** Containers that log elsewhere (journald, local, syslog …). */
  readonly elsewhere: readonly DockerContainer[];
}

/** Docker's folder where nothing was ever logged: as if it were there and empty. */
export function dockerOf(facts: NodeFacts): Seen<DockerLogs> {
  if (facts.logFiles.state !== 'seen') return facts.logFiles;
  const root = facts.runtime.state === 'seen' ? facts.runtime.value.dockerRoot : '/var/lib/docker';
  const empty = { root, containersFolder: `${root}/containers`, containers: [] };
  return { state: 'seen', value: facts.logFiles.value.docker ?? empty };
}

export function sortLogs(docker: DockerLogs): SortedLogs {
  const elsewhere = docker.containers.filter((container) => !writesJsonFile(container));
  const ours = docker.containers.filter(writesJsonFile);
  const bounded = ours.filter(isBounded);
  const unbounded = ours.filter((container) => !isBounded(container));
  // What tomorrow's container does is told by today's: all with a limit of their own, or all logging elsewhere.
  const followsSuit = unbounded.length === 0 && docker.containers.length > 0;
  return { unbounded: dockerLogs(docker, followsSuit ? [] : [...unbounded, futureContainer()]), bounded, elsewhere };
}

/** The driver is fixed when a container is made; where its configuration is gone, its log file tells. */
function writesJsonFile({ driver, log }: DockerContainer): boolean {
  return driver === undefined ? log !== undefined : driver === 'json-file';
}

/** moby daemon/logger/jsonfilelog: a `max-size` that is no positive number is no limit. */
function isBounded({ maxSize }: DockerContainer): boolean {
  return maxSize !== undefined && Number.parseFloat(maxSize) > 0;
}
