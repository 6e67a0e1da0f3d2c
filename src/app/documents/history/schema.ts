import { z } from 'zod';

const count = z.int().nonnegative();
const names = z.array(z.string());
const code = z.string().meta({ description: 'By its code of the reference.' });
const params = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .meta({ description: 'The values of the text of that code.' });
const owner = z.string().meta({ description: 'Who started it, user@host; empty where it cannot be read any more.' });
const startedAt = z.string().meta({ description: 'RFC 3339; empty where it cannot be read any more.' });

const runHere = z.strictObject({
  run: z.string(),
  startedAt,
  owner,
  problems: names,
  nodes: names,
  objects: names.meta({ description: 'Objects of the API that its plan changes.' }),
  plannedHere: z.boolean().meta({ description: 'Whether it was started on this machine, which knows all its nodes.' }),
  kind: z.enum(['apply', 'resume', 'undo']).meta({ description: 'What its last process on this machine was doing.' }),
  state: z.enum(['running', 'cut-short', 'interrupted', 'ended']),
  verdict: z.enum(['done', 'partly', 'stopped-and-restored', 'refused']).exactOptional(),
  endedAt: z.string().exactOptional().meta({ description: 'RFC 3339.' }),
  pid: z.int().exactOptional().meta({ description: 'Process id, while it runs.' }),
  damaged: count.meta({ description: 'Lines of its journal that cannot be believed.' }),
  number: count.optional().meta({ description: 'Counts up with each run that was begun on this machine.' }),
});

const nodes = z.strictObject({
  runs: z.array(
    z.strictObject({
      run: z.string(),
      node: z.string(),
      owner,
      startedAt,
      phases: z
        .array(z.enum(['staged', 'committing', 'committed', 'kept', 'undoing', 'undone']))
        .meta({ description: 'How far each action got, in the order of the plan.' }),
    }),
  ),
  locks: z.array(z.strictObject({ node: z.string(), run: z.string(), owner: z.string(), since: z.string() })),
  unknown: z
    .array(
      z.strictObject({
        node: z.string(),
        code: code.exactOptional(),
        params: params.exactOptional(),
        detail: z.string(),
      }),
    )
    .meta({ description: 'Nodes that could not be asked, and records that could not be read: unknown, not nothing.' }),
});

const cluster = z.strictObject({
  runs: z.array(
    z.strictObject({
      run: z.string(),
      owner,
      startedAt,
      nodes: count.meta({ description: 'How many nodes its plan changes; their own records are on them.' }),
      state: z.enum(['going', 'taking-back']),
      phases: z
        .array(z.string())
        .meta({ description: 'How far each action on an object got, in the order of the plan.' }),
    }),
  ),
  unknown: z
    .array(z.strictObject({ code, params: params.exactOptional(), detail: z.string() }))
    .meta({ description: 'Records that could not be read.' }),
});

/** The published form of `history -o json`. It grows by optional fields; anything else is a new version. */
export const historySchema = z.strictObject({
  schema: z.literal('nodemend.dev/history/v1'),
  runs: z.array(runHere).meta({ description: 'Runs that this machine knows of, newest first.' }),
  nodes: nodes.exactOptional().meta({ description: 'What the nodes know; absent where they were not asked.' }),
  cluster: cluster.exactOptional().meta({ description: 'What the cluster knows; absent where it was not asked.' }),
});
