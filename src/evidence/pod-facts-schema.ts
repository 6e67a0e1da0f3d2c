import { z } from 'zod';

/** The part of a bundle's shape that describes pods (`pod-facts.ts`). */

const owner = z.object({ apiVersion: z.string(), kind: z.string(), name: z.string() });

const imageUse = z.object({
  namespace: z.string(),
  owner,
  container: z.string(),
  role: z.enum(['container', 'init', 'ephemeral', 'volume']),
  image: z.string(),
  serviceAccount: z.string(),
  pullSecrets: z.array(z.string()),
  pods: z.int(),
  static: z.literal(true).exactOptional(),
  pullPolicy: z.enum(['Always', 'Never']).exactOptional(),
  nodes: z.array(z.string()).exactOptional(),
  running: z.array(z.object({ imageID: z.string(), nodes: z.array(z.string()).exactOptional() })).exactOptional(),
});

const waitingContainer = z.object({
  namespace: z.string(),
  owner,
  container: z.string(),
  image: z.string(),
  reason: z.string(),
  message: z.string(),
  pods: z.int(),
  samples: z.array(z.object({ name: z.string(), uid: z.string() })),
  nodes: z.array(z.string()),
  since: z.string(),
});

const mountingPod = z.object({
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  node: z.string(),
  owner,
  fsGroup: z.number().exactOptional(),
  changePolicy: z.string().exactOptional(),
  claims: z.array(z.object({ volume: z.string(), claim: z.string(), readOnly: z.literal(true).exactOptional() })),
});

export const podFacts = z.object({
  pods: z.int(),
  uses: z.array(imageUse),
  waiting: z.array(waitingContainer),
  mounting: z.array(mountingPod).exactOptional(),
  hostDns: z.array(z.object({ namespace: z.string(), owner, pods: z.int() })).exactOptional(),
});

export const podWarning = z.object({
  namespace: z.string(),
  pod: z.string(),
  podUid: z.string(),
  reason: z.string(),
  message: z.string(),
  node: z.string(),
  count: z.int(),
  lastSeen: z.string(),
});
