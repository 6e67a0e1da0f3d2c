import { z } from 'zod';
import { observed } from '../observed-schema.ts';

const texts = z.record(z.string(), z.string());

/** The part of a bundle's shape that is about Calico (`calico-facts.ts`). */
export const calicoFacts = z.object({
  felix: observed(z.union([z.literal('absent'), z.array(z.object({ name: z.string(), settings: texts }))])),
  endpoint: observed(z.union([z.literal('absent'), texts])),
  nodeEvents: observed(z.array(z.object({ name: z.string(), uid: z.string() }))),
});

export const calicoNodeTemplate = z.object({
  container: z.int(),
  count: z.int(),
  variables: z.array(z.object({ at: z.int(), name: z.string(), value: z.string().exactOptional() })),
  from: z.array(
    z.object({ kind: z.enum(['ConfigMap', 'Secret']), name: z.string(), prefix: z.string().exactOptional() }),
  ),
});
