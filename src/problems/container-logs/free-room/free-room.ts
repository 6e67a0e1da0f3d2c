import { diskRoom, parseDisk, type DiskRoom } from '../../../disk/room.ts';
import type { Fact } from '../../../evidence/fact.ts';
import type { ProbedText } from '../../../runtimes/probed-text.ts';
import dockerRoot from '../../../runtimes/docker/docker-root.sh?raw';
import script from './free-room.sh?raw';
import { logFiles } from '../logs/log-files.ts';

/** The large logs on a node whose disk is nearly full. */
export interface FreeRoom {
  /** The node's clock, seconds since 1970. */
  readonly now: number;
  /** Those of the logs, and that of `/var/lib`. */
  readonly disks: readonly DiskRoom[];
  /** `roomy`: a quarter of each disk is free, and nothing else was looked at. */
  readonly state: 'roomy' | 'looked';
  /** UIDs of the pods that kubelet has here; undefined when its folder was not found. */
  readonly pods: ReadonlySet<string> | undefined;
  /** The largest first. */
  readonly logs: readonly LargeLog[];
  /** Large logs that are not in the list. */
  readonly more: number;
}

export interface LargeLog {
  readonly path: string;
  /** Whether any process had it open. */
  readonly isOpen: boolean;
  readonly links: number;
  readonly device: string;
  readonly inode: string;
  /** Seconds since 1970. */
  readonly modified: number;
  /** Bytes, as `ls` shows them; and on the disk. */
  readonly size: number;
  readonly allocated: number;
}

export const freeRoom: Fact<FreeRoom> = {
  key: 'container-logs/free-room',
  script,
  shared: [dockerRoot],
  needs: [diskRoom, logFiles],
  parse: parseFreeRoom,
};

/** Takes apart what free-room.sh prints. */
export function parseFreeRoom({ text, truncated }: ProbedText): FreeRoom | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  const disks = parseDisk({
    text: lines
      .filter((line) => line.startsWith('disk '))
      .map((line) => line.slice(5))
      .join('\n'),
    truncated,
  });
  if (truncated || disks === undefined || !lines.every((line) => linePattern.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    now: Number(valuesOf('now')[0] ?? 0),
    disks,
    state: lines.includes('roomy') || lines.length === 0 ? 'roomy' : 'looked',
    pods: lines.includes('pods-known') ? new Set(valuesOf('pod')) : undefined,
    logs: valuesOf('log').map(readLog),
    more: Number(valuesOf('more')[0] ?? 0),
  };
}

const linePattern =
  /^(?:roomy|pods-known|(?:now|more) \d+|pod [^/]+|disk .*|log (?:open|closed) \d+ [0-9a-f]+ \d+ \d+ \d+ \d+ \d+ -?\d+ \d+ \/.+)$/;

function readLog(fields: string): LargeLog {
  const [state, blocks, , , , links, device = '', inode = '', modified, size, ...path] = fields.split(' ');
  return {
    path: path.join(' '),
    isOpen: state === 'open',
    links: Number(links),
    device,
    inode,
    modified: Number(modified),
    size: Number(size),
    allocated: Number(blocks) * 512,
  };
}
