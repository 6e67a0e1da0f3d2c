import { z } from 'zod';
import { evidenceSchema, type Evidence } from './evidence.ts';
import { rateLimit } from './rate-limit/rate-limit-schema.ts';
import { observed } from './observed-schema.ts';
import { podFacts, podWarning } from './pod-facts-schema.ts';
import { attachedSecrets, pullSecret } from './pull-secrets/pull-secret-schema.ts';
import { calicoFacts } from './calico/calico-schema.ts';
import { cinderConfig } from './cinder/cinder-config-schema.ts';
import { volumeFacts } from './volumes/volume-facts-schema.ts';
import { workload } from './workloads/workload-schema.ts';
import { upgradeFacts } from './upgrade/upgrade-schema.ts';

/**
 * The shape of a bundle, for reading one that somebody sent and for the published JSON Schema. The types at the end
 * hold that it is exactly the type `Evidence`: a field added to one alone does not compile. Fields that it does not
 * know (a newer nodemend may add some) are dropped.
 */

const section = z.object({
  exitCode: z.int(),
  encoding: z.enum(['utf8', 'base64']),
  output: z.string(),
  errors: z.string(),
  truncated: z.boolean(),
});

const apiNode = z.object({
  uid: z.string(),
  createdAt: z.string(),
  labels: z.record(z.string(), z.string()),
  taints: z.array(z.object({ key: z.string(), value: z.string().exactOptional(), effect: z.string() })),
  unschedulable: z.boolean(),
  conditions: z.array(
    z.object({ type: z.string(), status: z.enum(['True', 'False', 'Unknown']), reason: z.string(), since: z.string() }),
  ),
  internalIP: z.string().exactOptional(),
  hostname: z.string().exactOptional(),
  osImage: z.string(),
  kernelVersion: z.string(),
  containerRuntimeVersion: z.string(),
  kubeletVersion: z.string(),
  bootID: z.string(),
  machineID: z.string(),
});

const nodeAccess = z.object({
  transport: z.enum(['ssh', 'system-ssh', 'pod', 'local']),
  user: z.string(),
  privilege: z.enum(['root', 'sudo', 'unprivileged']),
  sudo: z.enum(['absent', 'password-needed', 'not-allowed', 'tty-needed', 'failed']).exactOptional(),
  hostKey: z.string().exactOptional(),
  hostname: z.string(),
  machineId: z.string(),
  bootId: z.string(),
  clockSkewMs: z.number(),
  tookMs: z.number(),
});

const thresholds = z.record(z.string(), z.string());

const kubeletConfiguration = z.object({
  containerLogMaxSize: z.string().exactOptional(),
  containerLogMaxFiles: z.number().exactOptional(),
  maxPods: z.number().exactOptional(),
  imageGCHighThresholdPercent: z.number().exactOptional(),
  imageGCLowThresholdPercent: z.number().exactOptional(),
  imageMinimumGCAge: z.string().exactOptional(),
  imageMaximumGCAge: z.string().exactOptional(),
  evictionHard: thresholds.exactOptional(),
  evictionSoft: thresholds.exactOptional(),
});

const nodeEvidence = z.object({
  name: z.string().min(1),
  group: z.string().exactOptional(),
  address: z.string(),
  api: observed(apiNode),
  access: observed(nodeAccess),
  kubelet: observed(kubeletConfiguration).exactOptional(),
  mounted: observed(
    z.array(z.object({ namespace: z.string(), name: z.string(), capacityBytes: z.number() })),
  ).exactOptional(),
  sections: z.record(z.string(), observed(section)),
});

const workloadResources = z.array(
  z.object({
    group: z.string(),
    version: z.string(),
    resource: z.string(),
    kind: z.string(),
    objects: observed(z.array(workload)),
  }),
);

const namespacePullSecrets = z.object({
  namespace: z.string(),
  serviceAccounts: observed(z.array(attachedSecrets)),
  pods: observed(z.array(attachedSecrets)).exactOptional(),
  secrets: z.array(z.object({ name: z.string(), secret: observed(pullSecret) })),
});

const clusterEvidence = z.object({
  uid: observed(z.string()),
  context: z.string(),
  server: z.string(),
  version: observed(z.string()),
  pods: observed(podFacts).exactOptional(),
  events: observed(z.array(podWarning)).exactOptional(),
  pullSecrets: observed(z.array(namespacePullSecrets)).exactOptional(),
  workloads: z.object({ builtIn: workloadResources, custom: observed(workloadResources) }).exactOptional(),
  volumes: volumeFacts.exactOptional(),
  imageHolds: observed(z.array(z.string())).exactOptional(),
  upgrade: upgradeFacts.exactOptional(),
  cinderConfig: observed(cinderConfig).exactOptional(),
  calico: calicoFacts.exactOptional(),
});

export const bundleSchema = z
  .object({
    schema: z.literal(evidenceSchema),
    collectedAt: z.iso.datetime(),
    collector: z.object({ version: z.string() }),
    scope: z.object({
      via: z.enum(['none', 'ssh', 'system-ssh', 'pod', 'local']),
      targets: z.enum(['cluster', 'hosts']),
      problems: z.array(z.string()),
      namespace: z.string().exactOptional(),
      neededImages: z.array(z.string()).exactOptional(),
      upgradeTo: z.string().exactOptional(),
    }),
    cluster: observed(clusterEvidence),
    nodes: z.array(nodeEvidence),
    rateLimit: rateLimit.exactOptional(),
  })
  .refine(
    ({ nodes, rateLimit, scope }) => nodes.length > 0 || (rateLimit !== undefined && scope.problems.length === 0),
    {
      path: ['nodes'],
      error: 'there is none',
    },
  );

/** A bundle as JSON Schema (draft 2020-12), for `docs/reference/evidence.schema.json`. */
export function evidenceJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(bundleSchema, { io: 'input', unrepresentable: 'throw' });
  return { $schema, $id: `https://${evidenceSchema}`, title: 'Evidence that nodemend collects (the bundle)', ...rest };
}

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile when the schema and the type differ in any field, optional or not. */
export const schemaIsTheType: Same<DeepReadonly<z.infer<typeof bundleSchema>>, DeepReadonly<Evidence>> = true;
