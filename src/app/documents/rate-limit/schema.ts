import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const count = z.int().nonnegative();
const names = z.array(z.string());
const secrets = names.meta({ description: 'Pull secrets, namespace/name; never a user or a password.' });
const seconds = z.number().nonnegative().nullable();
const source = z.string().nullable().meta({
  description: 'Whose pulls the registry counts: an address, or a masked account; null where it is not said.',
});
const failure = { code: z.string(), detail: z.string() };
const place = {
  node: z.string().nullable().meta({ description: 'null for the machine that nodemend runs on.' }),
  secrets: names.nullable().meta({ description: 'Whose login was asked with; null without one.' }),
};

const pace = z.strictObject({
  seen: count.meta({ description: 'Pulls that were seen in the window of the events.' }),
  distinct: count.meta({ description: 'Different images on different nodes.' }),
  perHour: z.number().nonnegative().nullable().meta({ description: 'null where the window is too short to tell.' }),
  needed: count.nullable().meta({ description: 'Pulls in the window of the quota at this pace.' }),
  exhaustedInSeconds: seconds.meta({ description: 'null where it lasts, or cannot be told.' }),
});

const group = z.strictObject({
  source,
  sourceKind: z.enum(['address', 'account']).nullable(),
  limit: count.nullable(),
  remaining: z.int().nullable(),
  windowSeconds: seconds,
  here: z.boolean().meta({ description: 'Whether the machine that nodemend runs on is counted here.' }),
  nodes: names,
  secrets,
  pulls: pace.nullable(),
});

const rollout = { kind: z.enum(['deployment', 'statefulset', 'daemonset']), name: z.string(), namespace: z.string() };

const cost = z.strictObject({
  source,
  remaining: z.int().nullable(),
  secrets,
  nodes: names,
  pulls: count.meta({ description: 'At most.' }),
  certain: count.meta({ description: 'Without what is counted only because a node does not name all its images.' }),
  ifNew: count.meta({ description: 'If every image were new.' }),
  exhausts: z
    .boolean()
    .nullable()
    .meta({ description: 'Whether it is more than is left; null where that is not known.' }),
});

/**
 * The published form of `rate-limit -o json`. It grows by optional fields; anything else is a new version. What nodemend
 * 0.1 wrote is the same without `schema`.
 */
export const rateLimitSchema = z.strictObject({
  schema: z.literal('nodemend.dev/rate-limit/v1'),
  groups: z.array(group),
  refused: z.array(z.strictObject(place)).meta({ description: 'The registry refuses, and says no number.' }),
  denied: z.array(z.strictObject({ ...place, ...failure })).meta({ description: 'The login is not accepted.' }),
  unknown: z.array(z.strictObject({ ...place, ...failure })),
  pulls: z
    .discriminatedUnion('state', [
      z.strictObject({ state: z.literal('unknown'), ...failure }),
      z.strictObject({
        state: z.literal('seen'),
        since: z.string().nullable().meta({ description: 'RFC 3339.' }),
        until: z.string().meta({ description: 'RFC 3339.' }),
        all: pace.nullable(),
        elsewhere: z.strictObject({ nodes: names, pulls: pace.nullable() }),
      }),
    ])
    .nullable()
    .meta({ description: 'null where nobody asked.' }),
  whatIf: z
    .array(
      z.discriminatedUnion('state', [
        z.strictObject({ ...rollout, state: z.literal('unknown'), ...failure }),
        z.strictObject({
          ...rollout,
          state: z.literal('counted'),
          replicas: count.nullable(),
          images: z.array(z.strictObject({ image: z.string(), policy: z.enum(['Always', 'IfNotPresent']) })),
          hasUnreadLogin: z.boolean(),
          costs: z.array(cost),
        }),
      ]),
    )
    .nullable()
    .meta({ description: 'null where nobody asked.' }),
  changes: z
    .array(
      z.strictObject({
        node: z.string(),
        before: z.string().nullable(),
        now: z.string().nullable(),
        state: z.enum(['changed', 'shared', 'own', 'unknown']),
      }),
    )
    .nullable()
    .meta({ description: 'Addresses against an earlier answer; null without --compare.' }),
  shared: z.array(
    z.strictObject({
      address: z.string(),
      parts: z.array(z.strictObject({ nodeGroup: z.string().nullable(), nodes: names })),
    }),
  ),
  tiers: z.array(
    z.strictObject({
      name: z.string(),
      pulls: count.nullable().meta({ description: 'null for one without a limit.' }),
      windowSeconds: seconds,
      needed: count.nullable(),
      covers: z.boolean().nullable(),
    }),
  ),
});

export interface RateLimitDocument extends Immutable<z.output<typeof rateLimitSchema>> {}
