import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const count = z.int().nonnegative();
const names = z.array(z.string());
const params = z.record(z.string(), z.union([z.string(), z.number()]));
const code = z.string().meta({ description: 'By its code of the reference.' });
const error = { code, params };
const kind = z.enum(['apply', 'resume', 'undo']);
const head = {
  schema: z.literal('nodemend.dev/run-event/v1'),
  at: z.iso.datetime().meta({ description: 'When it was told, RFC 3339.' }),
};

const endings = ['done', 'failed', 'refused', 'unreachable', 'timed-out', 'interrupted', 'not-started'] as const;
const ended = {
  left: z
    .enum(['changed', 'as-before', 'unknown'])
    .meta({ description: 'What it is left with; unknown where nobody can say.' }),
  step: z.string().exactOptional().meta({ description: 'In which step it ended.' }),
  code: code.exactOptional(),
  params: params.exactOptional(),
  detail: z.string().exactOptional().meta({ description: 'One English line, or what the node said.' }),
  also: z
    .array(z.strictObject(error))
    .exactOptional()
    .meta({ description: 'What else went wrong or is left: an undo that failed, a node that stays out of service.' }),
  diff: z.string().exactOptional(),
};
const nodeOutcome = z.strictObject({ node: z.string(), ending: z.enum(endings), ...ended });
const objectOutcome = z.strictObject({
  object: z.string().meta({ description: 'namespace/Kind/name.' }),
  action: z.string(),
  ending: z.enum([...endings, 'taken-back']),
  ...ended,
});

const stopped = z.discriminatedUnion('why', [
  z.strictObject({ why: z.literal('failures'), failures: count, max: count }),
  z.strictObject({ why: z.literal('object'), object: z.string().exactOptional() }),
  z.strictObject({ why: z.literal('interrupted') }),
  z.strictObject({ why: z.literal('gate'), ...error }),
  z.strictObject({ why: z.literal('error'), ...error }),
]);

const result = z.strictObject({
  run: z.string(),
  kind,
  verdict: z.enum(['done', 'partly', 'stopped-and-restored', 'refused']),
  exitCode: z.union([z.literal(0), z.literal(6), z.literal(7), z.literal(8)]),
  interrupted: z.boolean(),
  nodes: z.array(nodeOutcome),
  objects: z.array(objectOutcome).exactOptional(),
  locked: names.meta({ description: 'Nodes that are still locked by the run.' }),
  stopped: stopped.exactOptional(),
});

const seconds = z.number().nonnegative();
const nodeEstimate = z.strictObject({
  node: z.string(),
  reboots: z.boolean(),
  drain: z
    .strictObject({
      pods: count.meta({ description: 'Pods that are evicted.' }),
      seconds: seconds.meta({ description: 'As long as their grace periods allow; most end sooner.' }),
      slow: names.meta({ description: 'Budgets that let fewer go at once: it takes longer.' }),
    })
    .exactOptional()
    .meta({ description: 'Absent where the node is not drained.' }),
  seconds: seconds.meta({ description: 'In all.' }),
});
const estimate = {
  batches: z.array(z.array(nodeEstimate)).meta({ description: 'Nodes that are worked on at once, in order.' }),
  boot: z.strictObject({
    seconds,
    measured: count.meta({ description: 'Earlier reboots that it is the median of; 0 for an assumption.' }),
  }),
  soakSeconds: seconds.meta({ description: 'After each batch.' }),
  totalSeconds: seconds,
};

const place = {
  step: z.string(),
  action: z.string().exactOptional().meta({ description: 'Absent for steps of the node itself, such as its lock.' }),
  node: z.string().exactOptional().meta({ description: 'Of a step on a node.' }),
  object: z.string().exactOptional().meta({ description: 'Of a step on an object of the API.' }),
};

/**
 * The published form of one line of `apply|undo|resume -o json`. It grows by optional fields and by further events, which
 * a reader passes over; anything else is a new version.
 */
export const runEventSchema = z.discriminatedUnion('event', [
  z.strictObject({
    ...head,
    event: z.literal('planned'),
    hash: z.string().meta({ description: 'SHA-256 of the plan, hex: what --plan-hash takes.' }),
    problems: names,
    nodes: names,
    actions: count.meta({ description: 'On nodes and on objects of the API.' }),
    refused: count.meta({ description: 'Findings with a remedy for which no safe action could be planned.' }),
  }),
  z.strictObject({ ...head, event: z.literal('estimate'), ...estimate }),
  z.strictObject({ ...head, event: z.literal('started'), run: z.string(), kind, nodes: names, objects: count }),
  z.strictObject({ ...head, event: z.literal('lease-taken'), lease: z.string(), from: z.string().exactOptional() }),
  z.strictObject({ ...head, event: z.literal('batches'), batches: z.array(names) }),
  z.strictObject({ ...head, event: z.literal('batch'), index: count, of: count, nodes: names }),
  z.strictObject({ ...head, event: z.literal('step'), ...place }),
  z.strictObject({
    ...head,
    event: z.literal('step-ended'),
    ...place,
    outcome: z.enum(['done', 'already', 'rejected', 'refused', 'failed']),
    detail: z.string(),
    error: z.strictObject(error).exactOptional(),
  }),
  z.strictObject({
    ...head,
    event: z.literal('transfer'),
    node: z.string(),
    action: z.string(),
    bytes: count.meta({ description: 'Of what the action brings to the node, those that are there.' }),
    of: count,
    bytesPerSecond: count.meta({ description: 'Of the last ten seconds; 0 where nothing came in them.' }),
  }),
  z.strictObject({
    ...head,
    event: z.literal('pods-left'),
    node: z.string(),
    count: count.meta({ description: 'Pods that the drain of the node still waits for.' }),
    pods: z
      .array(
        z.strictObject({
          pod: z.string().meta({ description: 'namespace/name.' }),
          said: z.string().meta({ description: 'What the server said last of its eviction; may be empty.' }),
        }),
      )
      .meta({ description: 'The first of them.' }),
  }),
  z.strictObject({ ...head, event: z.literal('objects'), count }),
  z.strictObject({ ...head, event: z.literal('object-ended'), outcome: objectOutcome }),
  z.strictObject({ ...head, event: z.literal('node-ended'), outcome: nodeOutcome }),
  z.strictObject({ ...head, event: z.literal('soak'), seconds: z.number().nonnegative() }),
  z.strictObject({
    ...head,
    event: z.literal('node-departed'),
    node: z.string(),
    replaced: z.boolean().meta({ description: 'Whether another machine has its name now.' }),
  }),
  z.strictObject({
    ...head,
    event: z.literal('waiting'),
    nodes: names,
    what: z.string().meta({ description: 'What keeps the nodes from being started, in English.' }),
    params: params.exactOptional().meta({ description: 'The same by keys: what.0, and what fills it.' }),
    seconds: z.number().nonnegative(),
  }),
  z.strictObject({ ...head, event: z.literal('api-away'), seconds: z.number().nonnegative(), ...error }),
  z.strictObject({
    ...head,
    event: z.literal('lease-kept'),
    lease: z.string(),
    seconds: z.number().nonnegative(),
    ...error,
  }),
  z.strictObject({ ...head, event: z.literal('stopping'), reason: stopped }),
  z.strictObject({ ...head, event: z.literal('ended'), result }),
  z.strictObject({
    ...head,
    event: z.literal('exit'),
    exitCode: z.int().meta({ description: 'The exit code of the command: the last line, in every case.' }),
    error: z
      .strictObject({ ...error, detail: z.string().meta({ description: 'One English sentence.' }) })
      .exactOptional()
      .meta({ description: 'Why the command ended without a result.' }),
  }),
]);

export type RunEventDocument = Immutable<z.output<typeof runEventSchema>>;
