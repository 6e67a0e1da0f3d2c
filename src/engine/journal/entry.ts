import { z } from 'zod';
import { disruptions } from '../../actions/action.ts';

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

const options = z.object({
  batches: z.array(size),
  maxUnavailable: size.optional(),
  maxFailures: z.number(),
  soakSeconds: z.number(),
  concurrency: z.number(),
  allow: z.array(z.enum(disruptions)),
  named: z.array(text),
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
  /** Which process of which machine writes. */
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
});

const entryShape = z.discriminatedUnion('entry', [begin, before, after, node, object, end]);

/** Undefined for a line that is not an entry: torn by a crash, or of a newer nodemend. */
export function parseEntry(line: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = entryShape.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Entries of a journal's text, in order. Lines that are none are passed over: a resume asks the nodes anyway. */
export function parseJournal(text: string): readonly JournalEntry[] {
  return text.split('\n').flatMap((line) => parseEntry(line) ?? []);
}
