import { z } from 'zod';
import { observed, unknown } from '../observed-schema.ts';

/** The part of a bundle's shape that describes a registry's limit (`rate-limit.ts`). */

const rate = z.object({
  limit: z.number().exactOptional(),
  remaining: z.number().exactOptional(),
  windowSeconds: z.number().exactOptional(),
  source: z.string().exactOptional(),
});

const error = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });

const answer = z.discriminatedUnion('state', [
  z.object({ state: z.literal('counted'), rate }),
  z.object({ state: z.literal('refused') }),
  z.object({ state: z.literal('denied'), error }),
  unknown,
]);

const quota = z.object({
  node: z.string().exactOptional(),
  secrets: z.array(z.object({ namespace: z.string(), secret: z.string() })).exactOptional(),
  account: z.number().exactOptional(),
  answer,
});

const pulls = z.object({
  pulls: z.array(
    z.object({ namespace: z.string(), pod: z.string(), node: z.string(), image: z.string(), times: z.number() }),
  ),
  since: z.number().exactOptional(),
  until: z.number(),
});

const nodeImages = z.object({
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  taints: z.array(z.object({ key: z.string(), value: z.string(), effect: z.string() })),
  unschedulable: z.boolean(),
  images: z.array(z.string()),
  isPartial: z.boolean(),
  checksArePulls: z.boolean(),
});

const podTemplate = z.object({
  images: z.array(z.object({ image: z.string(), policy: z.enum(['Always', 'IfNotPresent']) })),
  replicas: z.number(),
  nodeSelector: z.record(z.string(), z.string()),
  tolerations: z.array(z.object({ key: z.string(), operator: z.string(), value: z.string(), effect: z.string() })),
  serviceAccount: z.string(),
  pullSecrets: z.array(z.string()),
});

const rollout = z.object({
  kind: z.enum(['deployment', 'statefulset', 'daemonset']),
  name: z.string(),
  replicas: z.number().exactOptional(),
});

export const rateLimit = z.object({
  image: z.string(),
  quotas: z.array(quota),
  pulls: observed(pulls).exactOptional(),
  rollouts: z
    .object({
      namespace: z.string(),
      nodes: observed(z.array(nodeImages)),
      asked: z.array(z.object({ rollout, template: observed(podTemplate) })),
    })
    .exactOptional(),
});
