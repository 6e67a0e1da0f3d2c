import type { Fact } from '../../../evidence/fact.ts';
import type { ProbedText } from '../../../runtimes/probed-text.ts';
import script from './growth.sh?raw';
import { logFiles } from '../logs/log-files.ts';

/** When the largest logs of a node were written. */
export interface Growth {
  /** The node's own clock, milliseconds since 1970. Undefined when no log is large enough to be looked into. */
  readonly now: number | undefined;
  readonly logs: readonly TimedLog[];
}

export interface TimedLog {
  readonly path: string;
  /** The file's own time, milliseconds since 1970. */
  readonly writtenAt: number;
  /** Bytes, as `ls` shows them. */
  readonly size: number;
  /** Bytes on the disk. */
  readonly allocated: number;
  /**
   * What the first line that has a time says, milliseconds since 1970; undefined when none was found at the beginning
   * of the file.
   */
  readonly first: number | undefined;
  /** Bytes before that line. */
  readonly skipped: number;
  /** The same of the last line. */
  readonly last: number | undefined;
  /** Times of lines inside, where the probe looked for some. */
  readonly inside: readonly InsideTime[];
}

export interface InsideTime {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Where in the file it stands, bytes from its beginning. */
  readonly bytes: number;
}

export const growth: Fact<Growth> = { key: 'container-logs/growth', script, needs: [logFiles], parse: parseGrowth };

/** Takes apart what growth.sh prints. */
export function parseGrowth({ text, truncated }: ProbedText): Growth | undefined {
  if (truncated) return undefined;
  const [clock, ...rest] = text.split('\n').filter((line) => line !== '');
  if (clock === undefined) return { now: undefined, logs: [] };
  const now = /^clock (\d+)$/.exec(clock)?.[1];
  const [insideLines, lines] = [rest.filter(isInside), rest.filter((line) => !isInside(line))];
  const inside = insideLines.map(parseInside);
  if (inside.includes(undefined)) return undefined;
  const logs = lines.map((line) => parseLog(line, inside));
  return now === undefined || logs.includes(undefined)
    ? undefined
    : { now: Number(now) * 1000, logs: logs.filter((log) => log !== undefined) };
}

const logPattern = /^log (\d+) (\d+) (\d+) (\S+) (\d+) (\S+) (\/.*)$/;

interface Inside extends InsideTime {
  readonly path: string;
}

function isInside(line: string): boolean {
  return line.startsWith('inside ');
}

function parseInside(line: string): Inside | undefined {
  const match = /^inside (\d+) (\S+) (\/.*)$/.exec(line);
  const at = parseTime(match?.[2] ?? '-');
  return match === null || at === undefined || Number.isNaN(at)
    ? undefined
    : { at, bytes: Number(match[1]), path: match[3] ?? '' };
}

function parseLog(line: string, inside: readonly (Inside | undefined)[]): TimedLog | undefined {
  const match = logPattern.exec(line);
  if (match === null) return undefined;
  const [, writtenAt, size, blocks, first = '-', skipped, last = '-', path = ''] = match;
  const times = { first: parseTime(first), last: parseTime(last) };
  // The probe prints a time or a hyphen.
  if (Number.isNaN(times.first) || Number.isNaN(times.last)) return undefined;
  return {
    path,
    writtenAt: Number(writtenAt) * 1000,
    size: Number(size),
    allocated: Number(blocks) * 512,
    skipped: Number(skipped),
    ...times,
    inside: inside.flatMap((one) => (one?.path === path ? [{ at: one.at, bytes: one.bytes }] : [])),
  };
}

/** RFC 3339 with nanoseconds; milliseconds are kept. */
function parseTime(text: string): number | undefined {
  return text === '-' ? undefined : Date.parse(text);
}
