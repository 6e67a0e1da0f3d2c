import type { SectionText } from './section-text.ts';

/** The large logs on a node whose disk is nearly full. */
export interface FreeRoom {
  /** The node's clock, seconds since 1970. */
  readonly now: number;
  readonly disks: readonly DeviceRoom[];
  /** `roomy`: a quarter of each disk is free, and nothing else was looked at. */
  readonly state: 'roomy' | 'looked';
  /** UIDs of the pods that kubelet has here; undefined when its folder was not found. */
  readonly pods: ReadonlySet<string> | undefined;
  /** The largest first. */
  readonly logs: readonly LargeLog[];
  /** Large logs that are not in the list. */
  readonly more: number;
}

/** A disk of the logs, or the one of `/var/lib`, by one of the folders on it; bytes. */
export interface DeviceRoom {
  readonly device: string;
  readonly path: string;
  readonly size: number;
  /** For root. */
  readonly free: number;
  /** For everybody else, which is what kubelet goes by. */
  readonly available: number;
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

/** Takes the section `free-room` apart (see probe/free-room.sh for its form). */
export function parseFreeRoom({ text, truncated }: SectionText): FreeRoom | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    now: Number(valuesOf('now')[0] ?? 0),
    disks: valuesOf('disk').map(readDisk),
    state: lines.includes('roomy') || lines.length === 0 ? 'roomy' : 'looked',
    pods: lines.includes('pods-known') ? new Set(valuesOf('pod')) : undefined,
    logs: valuesOf('log').map(readLog),
    more: Number(valuesOf('more')[0] ?? 0),
  };
}

const linePattern =
  /^(?:roomy|pods-known|(?:now|more) \d+|pod [^/]+|disk \d+ \d+ \d+ \d+ \d+ \/.*|log (?:open|closed) \d+ [0-9a-f]+ \d+ \d+ \d+ \d+ \d+ -?\d+ \d+ \/.+)$/;

function readDisk(fields: string): DeviceRoom {
  const [device = '', block, blocks, free, available, ...path] = fields.split(' ');
  const bytes = (count: string | undefined): number => Number(block) * Number(count);
  return { device, path: path.join(' '), size: bytes(blocks), free: bytes(free), available: bytes(available) };
}

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
