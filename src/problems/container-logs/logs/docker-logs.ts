import type { Observed } from '../../../evidence/evidence.ts';
import { isLimit, limitsInForce, newContainers } from '../../../runtimes/docker/default-limits.ts';
import type { NodeFacts } from '../facts.ts';
import type { DockerContainer, DockerLogs } from './log-files.ts';
import { dockerLogs, futureContainer, type DockerLog } from './watched-logs.ts';

/** The logs on a node that docker writes, by who keeps them small. */
export interface SortedLogs {
  /** Those that only logrotate can keep small, that of a container to come included. */
  readonly unbounded: readonly DockerLog[];
  /** Containers whose own `max-size` makes dockerd rotate. */
  readonly bounded: readonly DockerContainer[];
  /** Containers that log elsewhere (journald, local, syslog …). */
  readonly elsewhere: readonly DockerContainer[];
  readonly newContainers?: DockerLogs['newContainers'];
}

/** Docker's folder where nothing was ever logged: as if it were there and empty. */
export function dockerOf(facts: NodeFacts): Observed<DockerLogs> {
  if (facts.logFiles.state !== 'seen') return facts.logFiles;
  const root = facts.runtime.state === 'seen' ? facts.runtime.value.dockerRoot : '/var/lib/docker';
  const empty = { root, containersFolder: `${root}/containers`, containers: [] };
  return { state: 'seen', value: { ...(facts.logFiles.value.docker ?? empty), newContainers: defaultOf(facts) } };
}

function defaultOf({ daemon }: NodeFacts): DockerLogs['newContainers'] {
  if (daemon.state !== 'seen' || daemon.value === 'no-docker') return undefined;
  const limits = limitsInForce(daemon.value);
  return limits === undefined ? undefined : newContainers(limits);
}

export function sortLogs(docker: DockerLogs): SortedLogs {
  const elsewhere = docker.containers.filter((container) => !writesJsonFile(container));
  const ours = docker.containers.filter(writesJsonFile);
  const bounded = ours.filter(isBounded);
  const unbounded = ours.filter((container) => !isBounded(container));
  const isFutureUnbounded =
    docker.newContainers === undefined ? !followsSuit(docker, unbounded) : docker.newContainers === 'unbounded';
  const all = isFutureUnbounded ? [...unbounded, futureContainer()] : unbounded;
  return { unbounded: dockerLogs(docker, all), bounded, elsewhere, newContainers: docker.newContainers };
}

/**
 * Where the daemon's default is not known, what tomorrow's container does is told by today's: all with a limit of their
 * own, or all logging elsewhere.
 */
function followsSuit({ containers }: DockerLogs, unbounded: readonly DockerContainer[]): boolean {
  return unbounded.length === 0 && containers.length > 0;
}

/** The driver is fixed when a container is made; where its configuration is gone, its log file tells. */
function writesJsonFile({ driver, log }: DockerContainer): boolean {
  return driver === undefined ? log !== undefined : driver === 'json-file';
}

/** Its own `max-size`; the daemon's default was written there when the container was made. */
function isBounded({ maxSize }: DockerContainer): boolean {
  return isLimit(maxSize);
}
