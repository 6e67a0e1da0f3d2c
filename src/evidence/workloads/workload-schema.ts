import { z } from 'zod';
import { calicoNodeTemplate } from '../calico/calico-schema.ts';

/**
 * The part of a bundle's shape that describes workloads (`workload.ts`). `seen` makes the shape of a value that may be
 * unknown.
 */

const owner = z.object({ apiVersion: z.string(), kind: z.string(), name: z.string(), uid: z.string() });

const upkeep = z.object({
  writers: z.array(z.object({ manager: z.string(), operation: z.string() })),
  marks: z.array(z.string()),
});

const image = z.object({
  pointer: z.string(),
  image: z.string(),
  role: z.enum(['container', 'init', 'ephemeral', 'volume', 'field']),
  container: z.string(),
});

export const workload = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  owner: owner.exactOptional(),
  finalizers: z.array(z.string()).exactOptional(),
  marks: z.record(z.string(), z.string()).exactOptional(),
  images: z.array(image),
  pullSecrets: z.array(z.string()).exactOptional(),
  strategy: z.string().exactOptional(),
  restartedBy: z.string().exactOptional(),
  paused: z.literal(true).exactOptional(),
  finished: z.literal(true).exactOptional(),
  truncated: z.literal(true).exactOptional(),
  calicoNode: calicoNodeTemplate.exactOptional(),
  upkeep: upkeep.exactOptional(),
});
