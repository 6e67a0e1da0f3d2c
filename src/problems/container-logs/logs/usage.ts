import type { FactValue } from '../../problem.ts';
import type { NodeFacts } from '../facts.ts';
import type { DiskRoom } from '../../../disk/room.ts';
import type { LogFile, LogFiles } from './log-files.ts';

const most = 10;

interface Use {
  readonly name: string;
  /** On the disk, bytes: the live log and the old ones. */
  readonly live: number;
  readonly old: number;
}

/** Bytes on the disk by container, largest first, and the room on their file system. */
export function usageFacts(facts: NodeFacts, of: 'docker' | 'pods'): Readonly<Record<string, FactValue>> {
  if (facts.logFiles.state !== 'seen') return {};
  const uses = of === 'docker' ? dockerUses(facts.logFiles.value) : podUses(facts.logFiles.value);
  const used = uses.filter(({ live, old }) => live + old > 0);
  const largest = used
    .toSorted((a, b) => b.live + b.old - (a.live + a.old) || (a.name < b.name ? -1 : 1))
    .slice(0, most);
  const room = diskOf(facts, of);
  return Object.fromEntries<FactValue>([
    ['containers', uses.length],
    ['logBytes', sum(uses.map(({ live, old }) => live + old))],
    ['largest', largest.map(({ name, live, old }) => ({ name, bytes: live + old, oldBytes: old }))],
    ...(room === undefined ? [] : [['diskBytes', room.size] as const, ['diskFreeBytes', room.free] as const]),
  ]);
}

/** The file system that holds the logs. */
export function diskOf(facts: NodeFacts, of: 'docker' | 'pods'): DiskRoom | undefined {
  if (facts.disk.state !== 'seen') return undefined;
  return facts.disk.value.find(({ path }) =>
    of === 'docker' ? path.endsWith('/containers') : path === '/var/log/pods',
  );
}

function dockerUses({ docker }: LogFiles): readonly Use[] {
  return (docker?.containers ?? []).map(({ id, name, log, rotated }) => ({
    name: name ?? id.slice(0, 12),
    live: log?.allocated ?? 0,
    old: sum(rotated.map(allocated)),
  }));
}

/** kubelet calls the live log `<n>.log` and old ones `<n>.log.<time>`, with `.gz` behind. */
function podUses({ pods }: LogFiles): readonly Use[] {
  return [
    ...Map.groupBy(
      pods.filter((log) => !log.isLink),
      (log) => log.folder,
    ),
  ].map(([folder, logs]) => {
    const live = logs.filter((log) => log.name.endsWith('.log'));
    const old = logs.filter((log) => !log.name.endsWith('.log'));
    return { name: podContainer(folder), live: sum(live.map(allocated)), old: sum(old.map(allocated)) };
  });
}

/** `<namespace>_<pod>_<uid>/<container>` as `namespace/pod/container`. */
function podContainer(folder: string): string {
  const match = /^([^_]+)_([^_]+)_[^/]*\/(.+)$/.exec(folder);
  return match === null ? folder : `${match[1]}/${match[2]}/${match[3]}`;
}

function allocated(log: LogFile): number {
  return log.allocated;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
