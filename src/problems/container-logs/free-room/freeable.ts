import type { FreeRoom, LargeLog } from './free-room.ts';
import type { PodLog } from '../logs/log-files.ts';

/** What kind of room a log takes. */
export type LogClass =
  /** Set aside by a rotation, written by nobody. */
  | 'rotated'
  /** Of a container that does not run any more. */
  | 'dead'
  /** Of a container that runs, or may run again under the same file. */
  | 'live';

export interface FreeableLog extends LargeLog {
  readonly log: LogClass;
}

/**
 * A log that was written less long ago may be one of a container that kubelet is about to start again: it waits at most
 * five minutes (`MaxContainerBackOff` in kubernetes pkg/kubelet/kubelet.go).
 */
const restSeconds = 10 * 60;

/**
 * `<id>-json.log.1`, `….2.gz` by dockerd (moby daemon/logger/loggerutils/logfile.go); `…-20261124`,
 * `…-20261124-1732438800.gz` by logrotate.
 */
const dockerName = /^[0-9a-f]{64}-json\.log(?:[.-](.+))?$/;

/** `0.log`; `0.log.20261124-093100` and `….gz` by kubelet (kubernetes pkg/kubelet/logs/container_log_manager.go). */
const podName = /^(\d+)\.log(?:[.-](.+))?$/;

const rotatedSuffix = /^(?:\d[\d-]*(?:\.gz)?|nodemend-[a-z0-9-]+)$/;

/** What is known of a node beside its large logs. */
export interface LogNeighbours {
  /** Every file below `/var/log/pods`, the small ones too. */
  readonly pods: readonly PodLog[];
  /** While dockerd is down nobody has the logs of its containers open, whether or not they run (live-restore). */
  readonly dockerRuns: boolean;
}

/** Sorts the large logs into what may be freed how. A name that no rotation makes is left out: it is somebody's own. */
export function freeableLogs(room: FreeRoom, neighbours: LogNeighbours): readonly FreeableLog[] {
  const pods = podsOf(room, neighbours);
  return room.logs.flatMap((log): FreeableLog[] => {
    const kind = log.path.startsWith('/var/log/pods/')
      ? podLogClass(log, room, pods)
      : dockerLogClass(log, room, neighbours);
    return kind === undefined || log.links !== 1 ? [] : [{ ...log, log: kind }];
  });
}

function dockerLogClass(log: LargeLog, room: FreeRoom, { dockerRuns }: LogNeighbours): LogClass | undefined {
  const match = dockerName.exec(nameOf(log));
  if (match === null) return undefined;
  if (match[1] !== undefined) return rotatedClass(log, match[1]);
  // dockerd keeps the log of a running container open; so does who writes it in docker's place.
  return dockerRuns && isAtRest(log, room) ? 'dead' : 'live';
}

function podLogClass(log: LargeLog, room: FreeRoom, pods: Pods): LogClass | undefined {
  const match = podName.exec(nameOf(log));
  if (match === null) return undefined;
  if (match[2] !== undefined) return rotatedClass(log, match[2]);
  const [pod = '', container = ''] = log.path.slice('/var/log/pods/'.length).split('/');
  const isOrphan = pods.known !== undefined && !pods.known.has(uidOf(pod));
  // Each restart of a container writes a log of its own, `0.log`, `1.log`: that of an earlier one is written no more.
  const isSucceeded = Number(match[1]) < (pods.restarts.get(`${pod}/${container}`) ?? 0);
  return isAtRest(log, room) && (isOrphan || isSucceeded) ? 'dead' : 'live';
}

interface Pods {
  /** Undefined when what was read is not the folder of the kubelet whose logs these are. */
  readonly known: ReadonlySet<string> | undefined;
  /** The highest number of a log, by folder. */
  readonly restarts: ReadonlyMap<string, number>;
}

function podsOf({ pods }: FreeRoom, neighbours: LogNeighbours): Pods {
  const restarts = new Map<string, number>();
  for (const { folder, name } of neighbours.pods) {
    const number = Number(podName.exec(name)?.[1] ?? 0);
    restarts.set(folder, Math.max(number, restarts.get(folder) ?? 0));
  }
  const isKubelets = neighbours.pods.some(({ folder }) => pods?.has(uidOf(folder.split('/')[0] ?? '')));
  return { known: isKubelets ? pods : undefined, restarts };
}

/** `<namespace>_<pod>_<uid>`. */
function uidOf(pod: string): string {
  return pod.slice(pod.lastIndexOf('_') + 1);
}

/** A reader's open file keeps its blocks, so removing it frees nothing. */
function rotatedClass(log: LargeLog, suffix: string): LogClass | undefined {
  return rotatedSuffix.test(suffix) && !log.isOpen ? 'rotated' : undefined;
}

function isAtRest(log: LargeLog, { now }: FreeRoom): boolean {
  return !log.isOpen && now - log.modified > restSeconds;
}

function nameOf({ path }: LargeLog): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
