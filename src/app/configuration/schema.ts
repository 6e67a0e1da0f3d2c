import { z } from 'zod';
import type { Immutable } from '../documents/immutable.ts';
import { diagnoseFormats } from './output-format.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import { isNodeSet } from './node-set-text.ts';
import { userName } from './user-name.ts';

/**
 * What may stand in `nodemend.yaml`. Unknown keys are errors. The schema is the source of the published JSON Schema and
 * of the reference page; what each key means is in `locales/<lang>/configuration.json`. A `title` or an example tells
 * people what a text has to look like. Loaded only when there is a file to read.
 */
const path = z.string().min(1).meta({ title: 'path' });
const user = z.string().regex(userName).meta({ title: 'user' });
const host = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._:-]*$/)
  .meta({ title: 'host' });
const port = z.int().min(1).max(65_535);
const percent = z
  .string()
  .regex(/^(?:100|[1-9]\d?)%$/)
  .meta({ examples: ['10%'] });
/** The pattern is for editors; what a set really stands for is found out by expanding it. */
const nodeSet = z
  .string()
  .regex(/^(?:[A-Za-z0-9._:,\s-]|\[[0-9,\s-]+\])+$/)
  .refine(isNodeSet)
  .meta({ examples: ['worker-[1-40,43]'] });
/** RFC 1123 label, as Kubernetes has it for namespaces. */
const namespace = z
  .string()
  .max(63)
  .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/)
  .meta({ title: 'namespace' });
/** RFC 1123 subdomain, as Kubernetes has it for most objects. */
const objectName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/)
  .meta({ title: 'name' });
/** What it names is found out by the node; no reference has a blank. */
const imageReference = z.string().min(1).max(512).regex(/^\S+$/).meta({ title: 'image' });
/** One that a runtime could not keep would be looked for in vain. */
const neededImage = imageReference
  .refine((image) => !isInvalid(parseReference(image)))
  .meta({ title: 'image', examples: ['registry.example.com/team/agent:1.4'] });
const count = z.union([z.int().min(1), percent]);

const bastionSchema = z.strictObject({
  host,
  user: user.exactOptional(),
  port: port.exactOptional(),
  identityFiles: z.array(path).exactOptional(),
});

const ssh = z.strictObject({
  user: user.exactOptional(),
  port: port.exactOptional(),
  identityFiles: z.array(path).exactOptional(),
  bastion: bastionSchema.exactOptional(),
  knownHosts: z.array(path).exactOptional(),
  hostKeys: z.enum(['strict', 'accept-new']).exactOptional(),
  connectTimeoutSeconds: z.int().min(1).max(600).exactOptional(),
  concurrency: z.int().min(1).max(1_000).exactOptional(),
});

const pod = z.strictObject({
  namespace: namespace.exactOptional(),
  image: imageReference.exactOptional(),
  imagePullSecrets: z.array(objectName).exactOptional(),
  startTimeoutSeconds: z.int().min(1).max(600).exactOptional(),
});

const nodeGroup = z.strictObject({
  name: z.string().min(1),
  nodes: nodeSet.exactOptional(),
  user: user.exactOptional(),
  port: port.exactOptional(),
  identityFiles: z.array(path).exactOptional(),
  bastion: z.union([bastionSchema, z.literal(false)]).exactOptional(),
});

const seconds = z.int().min(1).max(604_800);

/** What would be lost is named on the command line, each time. */
const drain = z.strictObject({
  timeoutSeconds: seconds.exactOptional(),
  gracePeriodSeconds: z.int().min(0).max(604_800).exactOptional(),
});

const prometheus = z.strictObject({
  url: z
    .string()
    .min(1)
    .meta({ examples: ['https://prometheus.example.com'] }),
  caFile: path.exactOptional(),
  tokenFile: path.exactOptional(),
  passwordFile: path.exactOptional(),
  alertFilterRegexp: z
    .string()
    .min(1)
    .meta({ examples: ['^Watchdog$'] })
    .exactOptional(),
  alertFilterMatchOnly: z.boolean().exactOptional(),
  alertFiringOnly: z.boolean().exactOptional(),
});

const rollout = z.strictObject({
  canary: z.int().min(0).exactOptional(),
  batches: z.array(count).min(1).exactOptional(),
  batchesWithin: z.enum(['node-group', 'zone']).exactOptional(),
  maxUnavailable: count.exactOptional(),
  soakSeconds: z.int().min(0).max(86_400).exactOptional(),
  drain: drain.exactOptional(),
  /** Whether it is one is found out where it is used (`gateOptions`). */
  window: z
    .string()
    .min(1)
    .meta({ examples: ['Mon-Fri 22:00-04:00 Asia/Seoul'] })
    .exactOptional(),
  blockingPodSelectors: z.array(z.string().min(1)).exactOptional(),
  waitForBlockersSeconds: z.int().min(0).max(604_800).exactOptional(),
  prometheus: prometheus.exactOptional(),
});

/** No plan of Docker's is built in: they change. */
const tier = z.strictObject({
  name: z.string().min(1).max(100),
  pulls: z.union([z.int().min(1), z.literal('unlimited')]),
  windowSeconds: z.int().min(1).exactOptional(),
});

const rateLimit = z.strictObject({ tiers: z.array(tier).exactOptional() });

/** Whether it can be used is found out where it is read (`readReplacements`). */
const registryName = z
  .string()
  .min(1)
  .max(512)
  .regex(/^\S+$/)
  .meta({ title: 'registry', examples: ['docker.io/bitnami'] });
const imageReplacements = z.array(z.strictObject({ from: registryName, to: registryName }));

/** Whether the names can be used is found out where they are read (`checkImageSources`). */
const imageSources = z.strictObject({
  nksRegistryUrl: registryName
    .meta({
      title: 'registry',
      examples: ['dfe965c3-kr1-registry.container.nhncloud.com/container_service'],
    })
    .exactOptional(),
  names: z.array(z.strictObject({ from: registryName, to: registryName })).exactOptional(),
  plainHttp: z.array(host).exactOptional(),
});

export const configurationSchema = z.strictObject({
  kubeconfig: path.exactOptional(),
  context: z.string().min(1).exactOptional(),
  language: z.enum(['ko', 'en']).exactOptional(),
  via: z.enum(['ssh', 'system-ssh', 'pod', 'local']).exactOptional(),
  output: z.enum(diagnoseFormats).exactOptional(),
  leaseNamespace: namespace.exactOptional(),
  ssh: ssh.exactOptional(),
  pod: pod.exactOptional(),
  nodeGroups: z.array(nodeGroup).exactOptional(),
  rollout: rollout.exactOptional(),
  rateLimit: rateLimit.exactOptional(),
  imageReplacements: imageReplacements.exactOptional(),
  neededImages: z.array(neededImage).exactOptional(),
  imageSources: imageSources.exactOptional(),
});

/** A configuration as it was read: every key may be absent, paths are absolute. */
export interface Configuration extends Immutable<z.output<typeof configurationSchema>> {}

export type BastionSettings = Immutable<z.output<typeof bastionSchema>>;
export type NodeGroupSettings = Immutable<z.output<typeof nodeGroup>>;

/** `rewrite --map FILE`: the same key, so that what is tried there can be put into the configuration as it is. */
export const mapFileSchema = z.strictObject({ imageReplacements: imageReplacements.min(1) });

/** The YAML form of a hosts file (`--hosts FILE`). */
export const hostsFileSchema = z.strictObject({
  hosts: z.array(
    z.strictObject({
      name: nodeSet,
      address: nodeSet.exactOptional(),
      user: user.exactOptional(),
      port: port.exactOptional(),
      group: z.string().min(1).exactOptional(),
      identityFiles: z.array(path).exactOptional(),
      bastion: bastionSchema.exactOptional(),
    }),
  ),
});
