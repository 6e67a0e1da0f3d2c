import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const severity = z.enum(['critical', 'high', 'medium', 'low']);
const params = z.record(z.string(), z.union([z.string(), z.number()]));
const count = z.int().nonnegative();

const counts = z.strictObject({ fail: count, warn: count, unknown: count, notLookedAt: count, pass: count });

const subject = z.strictObject({
  kind: z.enum(['node', 'cluster', 'workload', 'secret', 'registry', 'image']),
  name: z.string().exactOptional().meta({ description: 'Absent for the cluster.' }),
  namespace: z.string().exactOptional(),
});

/** One finding, here and where it is told alone (`watch-events/`). */
export const findingSchema = z.strictObject({
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .meta({ description: 'Stays equal across runs for the same problem, rule and subject.' }),
  problem: z.string().meta({ description: 'Id of the problem, as --only takes it.' }),
  rule: z.string().meta({ description: 'Stable id of the rule that spoke.' }),
  subject,
  status: z
    .enum(['fail', 'warn', 'pass', 'unknown', 'not-looked-at'])
    .meta({ description: 'unknown: asked, and could not be seen; never a pass. not-looked-at: nobody asked.' }),
  severity: severity.exactOptional().meta({ description: 'Of a fail or warn.' }),
  message: z
    .string()
    .meta({ description: 'The cause in one English sentence, whatever the language of the terminal.' }),
  key: z.string().meta({ description: 'Key of the message, for other languages.' }),
  params,
  evidence: z
    .array(z.string())
    .meta({ description: 'What it was concluded from: <node>#<section>, or cluster#<part>.' }),
  remedy: z
    .boolean()
    .exactOptional()
    .meta({ description: 'Of a fail or warn: whether nodemend plan has an action for it.' }),
  facts: z.record(z.string(), z.unknown()).exactOptional().meta({ description: 'Numbers behind it; bytes are bytes.' }),
  reason: z.string().exactOptional().meta({ description: 'Of an unknown: why it could not be seen.' }),
  enable: z
    .string()
    .exactOptional()
    .meta({ description: 'What would look: a flag, a role to bind, or another command.' }),
  causedBy: z.string().exactOptional().meta({ description: 'Fingerprint of the finding that explains this one.' }),
  muted: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'A symptom whose cause is itself a finding: not counted.' }),
});

const cluster = z.strictObject({
  uid: z.string().nullable().meta({ description: 'UID of namespace kube-system; null when it could not be read.' }),
  context: z.string(),
  server: z.string(),
  version: z.string().nullable(),
});

/** The published form of a diagnosis, `-o json`. It grows by optional fields; anything else is a new version. */
export const findingsSchema = z.strictObject({
  schema: z.literal('nodemend.dev/findings/v1'),
  collectedAt: z.iso.datetime({ offset: true }).meta({ description: 'When the evidence was collected, RFC 3339.' }),
  nodemend: z.string().meta({ description: 'Version that collected the evidence.' }),
  cluster: cluster.nullable().meta({ description: 'null when no API server was used.' }),
  scope: z.strictObject({
    via: z.enum(['none', 'ssh', 'system-ssh', 'pod', 'local']),
    targets: z.enum(['cluster', 'hosts']),
    problems: z.array(z.string()),
    namespace: z
      .string()
      .exactOptional()
      .meta({ description: 'Of workloads only those of this namespace were looked at; absent for all.' }),
    nodes: z.array(z.strictObject({ name: z.string(), group: z.string().exactOptional(), address: z.string() })),
  }),
  exitCode: z.union([z.literal(0), z.literal(3), z.literal(4), z.literal(5)]).meta({
    description: '0 clean, 3 findings at or above the threshold, 4 warnings only, 5 something stayed unknown.',
  }),
  counts: z.strictObject({
    findings: counts,
    nodes: counts.meta({ description: 'Each node once, as the worst that is known of it.' }),
  }),
  findings: z.array(findingSchema).meta({ description: 'Worst first; muted ones last.' }),
});

export interface FindingsDocument extends Immutable<z.output<typeof findingsSchema>> {}
