import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable()
  .meta({ description: 'Of the bytes of the file; null when there is none, or it was not seen.' });
const count = z.int().nonnegative();

const reference = z.strictObject({
  kind: z.enum(['source', 'majority', 'tie', 'split', 'none']).meta({
    description:
      'source: the file that was named. majority: what more than half of the nodes have. tie, split: no ' +
      'version is on more than half of them, equally many have several, or one is on most of them but too few. ' +
      'none: fewer than two nodes to compare.',
  }),
  sha256,
  file: z.string().exactOptional().meta({ description: 'The source, as it was named.' }),
  nodes: count.exactOptional().meta({ description: 'How many nodes have this version, without a source.' }),
  of: count.exactOptional().meta({ description: 'How many nodes were compared with each other.' }),
  cautions: z
    .array(z.string())
    .exactOptional()
    .meta({ description: 'What the author of the source should know, in English.' }),
});

const node = z.strictObject({
  name: z.string(),
  group: z.string().exactOptional().meta({ description: 'The node group.' }),
  state: z
    .enum([
      'same',
      'not-expected',
      'not-in-force',
      'other-bytes',
      'other-meaning',
      'missing',
      'extra',
      'unexpected',
      'undecided',
      'unknown',
    ])
    .meta({
      description:
        'same and not-expected are as they should be; unknown: could not be seen, never counted as the same.',
    }),
  sha256,
  message: z.string().meta({ description: 'The state in one English sentence.' }),
  changes: z
    .array(z.string())
    .meta({ description: 'What the file would have to do otherwise, in English; empty when it means the same.' }),
  diff: z.string().nullable().meta({
    description:
      'Unified diff from the file on the node to the reference, secrets masked; null when one of them is not there.',
  }),
  reason: z.string().exactOptional().meta({ description: 'Of an unknown: why it could not be seen.' }),
});

const cluster = z.strictObject({ uid: z.string().nullable(), context: z.string(), server: z.string() });

/**
 * The published form of a comparison, `<problem> diff -o json`. It grows by optional fields; anything else is a new
 * version.
 */
export const driftSchema = z.strictObject({
  schema: z.literal('nodemend.dev/drift/v1'),
  collectedAt: z.iso.datetime({ offset: true }).meta({ description: 'When the evidence was collected, RFC 3339.' }),
  nodemend: z.string().meta({ description: 'Version that collected the evidence.' }),
  cluster: cluster.nullable().meta({ description: 'null when no API server was used.' }),
  problem: z.string().meta({ description: 'Id of the problem, as --only takes it.' }),
  path: z.string().meta({ description: 'Where the file stands on the nodes.' }),
  exitCode: z
    .union([z.literal(0), z.literal(3), z.literal(5)])
    .meta({ description: '0 the same everywhere, 3 a node differs, 5 something stayed unknown.' }),
  reference,
  nodes: z.array(node).meta({ description: 'Every node that was asked for, by name.' }),
});

export interface DriftDocument extends Immutable<z.output<typeof driftSchema>> {}
