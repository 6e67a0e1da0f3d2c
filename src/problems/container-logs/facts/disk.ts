import type { SectionText } from './section-text.ts';

/** Room on a file system, bytes. */
export interface DiskRoom {
  readonly path: string;
  readonly size: number;
  /** For root. */
  readonly free: number;
}

/** Takes the section `disk` apart (see probe.sh for its form). */
export function parseDisk({ text }: SectionText): readonly DiskRoom[] | undefined {
  const rooms = text
    .split('\n')
    .filter((line) => line !== '')
    .map(parseRoom);
  return rooms.every((room) => room !== undefined) ? rooms : undefined;
}

function parseRoom(line: string): DiskRoom | undefined {
  const match = /^(\d+) (\d+) (\d+) \d+ \d+ \d+ (\/.*)$/.exec(line);
  if (match === null) return undefined;
  const block = Number(match[1]);
  return { path: match[4] ?? '', size: block * Number(match[2]), free: block * Number(match[3]) };
}
