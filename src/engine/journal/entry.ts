import { z } from 'zod';
import { sha256 } from '../../hash/sha256.ts';
import { disruptions } from '../../actions/action.ts';
import { printableJson } from '../../text/printable.ts';

/**
 * One line of a journal. `before` and `after` frame every step: a step with a `before` and no `after` is unknown, and
 * is looked at on the node, never repeated blindly.
 */
export type JournalEntry = z.infer<typeof entryShape>;

/** An entry as it is handed to the journal, which adds the time and the session. */
export type JournalNote = DistributiveOmit<JournalEntry, 'at' | 'session'>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

const text = z.string();
const params = z.record(text, z.union([text, z.number()]));
const head = { at: text, session: text };

const size = z.union([z.object({ nodes: z.number() }), z.object({ percent: z.number() })]);

const drain = z.object({
  ignoreDaemonSets: z.boolean(),
  deleteEmptyDirData: z.boolean(),
  force: z.boolean(),
  gracePeriodSeconds: z.number().optional(),
  acceptUncertain: z.array(text).optional(),
  timeoutSeconds: z.number(),
});

const gates = z.object({
  window: text.optional(),
  blockingPodSelectors: z.array(text),
  prometheus: z
    .object({
      url: text,
      alertFilterRegexp: text.optional(),
      alertFilterMatchOnly: z.boolean(),
      alertFiringOnly: z.boolean(),
      caFile: text.optional(),
      tokenFile: text.optional(),
      passwordFile: text.optional(),
    })
    .optional(),
  waitSeconds: z.number(),
  mixedVersions: z.array(text),
});

const options = z.object({
  batches: z.array(size),
  maxUnavailable: size.optional(),
  maxFailures: z.number(),
  soakSeconds: z.number(),
  concurrency: z.number(),
  allow: z.array(z.enum(disruptions)),
  named: z.array(text),
  within: z.enum(['group', 'zone']).optional(),
  /** Absent in journals of 0.1, which drained nothing. */
  drain: drain.optional(),
  gates: gates.optional(),
  owner: text,
});

const begin = z.object({
  ...head,
  entry: z.literal('begin'),
  kind: z.enum(['apply', 'resume', 'undo']),
  run: text,
  /** Hash of the plan; empty where only the nodes know it. */
  plan: text,
  problems: z.array(text),
  nodes: z.array(text),
  /** Objects of the API that the plan changes; absent where there are none. */
  objects: z.array(text).optional(),
  options,
  /** The process that writes, and its machine. */
  process: z.object({ host: text, boot: text, pid: z.number(), start: text }),
});

/** A step on a node, or on an object of the API. */
const step = { ...head, node: text.optional(), object: text.optional(), step: text, action: text.optional() };

const before = z.object({ ...step, entry: z.literal('before') });

const after = z.object({
  ...step,
  entry: z.literal('after'),
  outcome: z.enum(['done', 'already', 'rejected', 'refused', 'failed']),
  detail: text,
  code: text.optional(),
  diff: text.optional(),
});

const endings = ['done', 'failed', 'refused', 'unreachable', 'timed-out', 'interrupted', 'not-started'] as const;

const ended = {
  left: z.enum(['changed', 'as-before', 'unknown']),
  step: text.optional(),
  code: text.optional(),
  params: params.optional(),
  detail: text.optional(),
  also: z
    .array(z.object({ code: text, params }))
    .readonly()
    .optional(),
  diff: text.optional(),
};

const node = z.object({
  ...head,
  entry: z.literal('node'),
  outcome: z.object({ node: text, ending: z.enum(endings), ...ended }),
});

const object = z.object({
  ...head,
  entry: z.literal('object'),
  outcome: z.object({ object: text, action: text, ending: z.enum([...endings, 'taken-back']), ...ended }),
});

const end = z.object({
  ...head,
  entry: z.literal('end'),
  verdict: z.enum(['done', 'partly', 'stopped-and-restored', 'refused']),
  interrupted: z.boolean(),
  /** A resume without the plan: what it could not know is still to do. */
  planMissing: z.boolean().optional(),
  /** It ended before its last batch because a gate was closed, and goes on when it is resumed. */
  paused: z.boolean().optional(),
});

const entryShape = z.discriminatedUnion('entry', [begin, before, after, node, object, end]);

/** Of which run a line is, and the place of that run among those of this machine. */
export interface JournalPlace {
  readonly run: string;
  /** Counts up with each run that was begun here; no clock has a say in it. 0 for a run that 0.1 began. */
  readonly number: number;
}

/** What is written down with every entry. */
export interface EntryHead {
  /** RFC 3339. */
  readonly at: string;
  readonly session: string;
}

/** A journal as it was found. */
export interface JournalText {
  readonly run: string;
  readonly entries: readonly JournalEntry[];
  /**
   * Lines that are not as they were written, or are another run's. What such a journal does not say may have happened
   * anyway. A line that a crash cut short is none: whoever writes it acts only when it is on the disk.
   */
  readonly damaged: number;
  /** Undefined where no line says it. */
  readonly number: number | undefined;
  /** Whether it is in the form of 0.1, whose lines name no run and carry no checksum. */
  readonly isOld: boolean;
}

const sealedLine = /^(.*),"sum":"([0-9a-f]{16})"\}$/su;

/** A line, with its newline: the entry, the run it belongs to, and a checksum of both. */
export function entryLine(note: JournalNote, { at, session }: EntryHead, { run, number }: JournalPlace): string {
  const body = printableJson(JSON.stringify({ at, session, ...note, run, number })).slice(0, -1);
  return `${body},"sum":"${checksum(body)}"}\n`;
}

/**
 * Reads a run's journal. Lines without a checksum count only where none has one: there 0.1 wrote it. Never throws.
 */
export function parseJournal(text: string, run: string): JournalText {
  const lines = text.split('\n').filter((line) => line !== '');
  const read = lines.map((line) => readLine(line));
  const isOld = !read.some(({ isSealed }) => isSealed);
  const own = isOld
    ? oldLines(read, run)
    : read.map((line) => ({ ...line, isGood: line.isSealed && line.run === run }));
  return {
    run,
    isOld: isOld && lines.length > 0,
    entries: own.flatMap(({ isGood, entry }) => (isGood && entry ? [entry] : [])),
    damaged: own.filter(({ isGood }, index) => !isGood && !isTorn(own, lines, index)).length,
    number: own.find(({ isGood, number }) => isGood && number !== undefined)?.number,
  };
}

/** The number of a run, as the last line says that can be believed; cheaper than to read it all. */
export function runNumber(text: string, run: string): number | undefined {
  for (const line of text.split('\n').toReversed()) {
    const read = line === '' ? undefined : readLine(line);
    if (read?.isSealed && read.run === run) return read.number;
  }
  return undefined;
}

interface Line {
  readonly isSealed: boolean;
  /** Undefined for what is not an entry, or one of a newer nodemend. */
  readonly entry: JournalEntry | undefined;
  readonly run: string | undefined;
  readonly number: number | undefined;
}

type JudgedLine = Line & { readonly isGood: boolean };

function readLine(line: string): Line {
  const [, body, sum] = sealedLine.exec(line) ?? [];
  const isSealed = body !== undefined && checksum(body) === sum;
  const value = parseJson(line);
  const place = placeShape.safeParse(value);
  const parsed = entryShape.safeParse(value);
  return {
    isSealed,
    entry: parsed.success ? parsed.data : undefined,
    run: place.data?.run,
    number: place.data?.number,
  };
}

const placeShape = z.object({ run: text.optional(), number: z.int().nonnegative().optional() });

/** In 0.1's form only the beginning names the run. A journal that says it is another's says nothing of this one. */
function oldLines(lines: readonly Line[], run: string): readonly JudgedLine[] {
  const isOther = lines.some(({ entry }) => entry?.entry === 'begin' && entry.run !== run);
  // What was a line with a checksum once is not a line of 0.1.
  return lines.map((line) => ({
    ...line,
    number: line.entry ? 0 : undefined,
    isGood: !isOther && line.entry !== undefined && line.number === undefined,
  }));
}

/** The last thing a process wrote before it died: nothing follows it but the beginning of the next process. */
function isTorn(lines: readonly JudgedLine[], texts: readonly string[], index: number): boolean {
  const next = lines[index + 1];
  const isLast = next === undefined || (next.isGood && next.entry?.entry === 'begin');
  return isLast && parseJson(texts[index] ?? '') === undefined && (index > 0 || next === undefined);
}

function checksum(body: string): string {
  return sha256(Buffer.from(body, 'utf8')).slice(0, 16);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
