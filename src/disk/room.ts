import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import dockerRoot from '../runtimes/docker/docker-root.sh?raw';
import script from './room.sh?raw';

/** Room on a file system, bytes. */
export interface DiskRoom {
  readonly path: string;
  readonly size: number;
  /** For root. */
  readonly free: number;
  /** For all others, and what kubelet goes by. */
  readonly available: number;
  readonly inodes: number;
  readonly freeInodes: number;
  /** Hex; undefined in bundles of older probes. */
  readonly id: string | undefined;
}

/** The file systems that hold logs and images, and that kubelet watches. */
export const diskRoom: Fact<readonly DiskRoom[]> = {
  key: 'disk/room',
  ahead: true,
  script,
  shared: [dockerRoot],
  parse: parseDisk,
};

/** Takes apart what room.sh prints. */
export function parseDisk({ text }: ProbedText): readonly DiskRoom[] | undefined {
  const rooms = text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseRoom);
  return rooms.every((room) => room !== undefined) ? rooms : undefined;
}

function parseRoom(line: string): DiskRoom | undefined {
  const match = /^(\d+) (\d+) (\d+) (\d+) (\d+) (\d+) (?:([0-9a-f]+) )?(\/.*)$/.exec(line);
  if (match === null) return undefined;
  const [block, blocks, free, available, inodes, freeInodes] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    path: match[8] ?? '',
    size: block * blocks,
    free: block * free,
    available: block * available,
    inodes,
    freeInodes,
    id: match[7],
  };
}

/** Disks of one size differ by a thousandth of it at least, but for what was written while they were looked at. */
const sameWithin = 1 / 1000;

/**
 * Whether two paths lie on one file system. An overlay has the numbers of the one below it, and may have an id of its
 * own.
 */
export function isSameDisk(a: DiskRoom, b: DiskRoom): boolean {
  if (a.size !== b.size || a.inodes !== b.inodes) return false;
  return (a.id !== undefined && a.id === b.id) || Math.abs(a.free - b.free) < a.size * sameWithin;
}
