import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { sha256 } from '../../hash/sha256.ts';
import type { JsonObject } from '../../kubernetes/api.ts';
import { essenceOf } from './harmless-edits.ts';
import { isDistributions, type HoldingProgram } from './holding-program.ts';

/** A pod on each of these nodes runs from each of these images, so that no kubelet calls them unused. */
export interface ImageHold {
  /** As kubelet keeps them, sorted. */
  readonly images: readonly string[];
  /** Names of Node objects, sorted. */
  readonly nodes: readonly string[];
  readonly program: HoldingProgram;
  /** Of one that is made beside others of the same images that somebody has edited: 1, 2, … */
  readonly copy?: number;
}

/** Where the cluster's own DaemonSets are: no policy for pods can forbid there what the node's own parts need. */
export const holdNamespace = 'kube-system';
export const holdName = /^nodemend-image-hold-[0-9a-f]{10}$/;

/** In the container, where no image has anything. */
const folder = '/.nodemend';
/** Seconds, as many as every `sleep` takes: 68 years. */
const forever = '2147483647';
const nobody = 65_534;

/** What a hold was made for: its DaemonSet may be edited since. */
const madeFor = 'nodemend.dev/image-hold-made-for';
const mostCopies = 9;

export const holdReference = { kind: 'DaemonSet', group: 'apps', version: 'v1', resource: 'daemonsets' } as const;

/** The same for the same images, whatever the nodes: more of them are added to it. */
export function nameOfHold({ images, program, copy = 0 }: Omit<ImageHold, 'nodes'>): string {
  const { loader = '', libraries } = program;
  const of = [images, program.program, loader, libraries.map(({ name, path }) => [name, path])];
  const text = JSON.stringify(copy === 0 ? of : [...of, copy]);
  return `nodemend-image-hold-${sha256(Buffer.from(text)).slice(0, 10)}`;
}

/**
 * The DaemonSet, with every default written out, so that what is in the cluster can be compared with it. It runs without a
 * right of its own or a way to write; on nodes that nothing else tolerates, and in the node's network, because a network
 * plugin may be what is missing. It is never evicted for room (`system-node-critical`), which is when images go. A node
 * that is added does not restart the pods of the others (`OnDelete`), and what is not there is not pulled: it would be
 * another image.
 */
export function imageHold(hold: ImageHold): JsonObject {
  const name = nameOfHold(hold);
  const label = { 'nodemend.dev/image-hold': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name,
      namespace: holdNamespace,
      labels: { 'app.kubernetes.io/managed-by': 'nodemend', 'app.kubernetes.io/name': 'nodemend-image-hold', ...label },
      annotations: { [madeFor]: textOfHold(hold) },
    },
    spec: {
      selector: { matchLabels: label },
      updateStrategy: { type: 'OnDelete' },
      revisionHistoryLimit: 1,
      template: {
        metadata: { labels: { 'app.kubernetes.io/name': 'nodemend-image-hold', ...label } },
        spec: podSpec(hold),
      },
    },
  };
}

function textOfHold({ images, nodes, program }: ImageHold): string {
  return JSON.stringify({ images, nodes, program });
}

function podSpec({ images, nodes, program }: ImageHold): JsonObject {
  const files = mountedFiles(program);
  return {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: nodes.map((node) => ({
            matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }],
          })),
        },
      },
    },
    automountServiceAccountToken: false,
    containers: images.map((image, index) => containerOf(image, index, program)),
    dnsPolicy: 'Default',
    enableServiceLinks: false,
    hostNetwork: true,
    priorityClassName: 'system-node-critical',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {
      runAsGroup: nobody,
      runAsNonRoot: true,
      runAsUser: nobody,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // It has nothing to end.
    terminationGracePeriodSeconds: 1,
    tolerations: [{ operator: 'Exists' }],
    volumes: files.map(({ path }, index) => ({ name: `file-${index}`, hostPath: { path, type: 'File' } })),
  };
}

interface MountedFile {
  readonly path: string;
  readonly at: string;
}

function mountedFiles({ program, loader, libraries }: HoldingProgram): readonly MountedFile[] {
  return [
    { path: program, at: `${folder}/sleep` },
    ...(loader === undefined ? [] : [{ path: loader, at: `${folder}/loader` }]),
    ...libraries.map(({ name, path }) => ({ path, at: `${folder}/lib/${name}` })),
  ];
}

function containerOf(image: string, index: number, program: HoldingProgram): JsonObject {
  const run = [`${folder}/sleep`, forever];
  return {
    name: `image-${index}`,
    image,
    imagePullPolicy: 'Never',
    command: program.loader === undefined ? run : [`${folder}/loader`, '--library-path', `${folder}/lib`, ...run],
    // Nothing of the image's own is loaded into it.
    env: [{ name: 'LD_PRELOAD' }, { name: 'LD_LIBRARY_PATH' }],
    resources: { limits: { memory: '32Mi' }, requests: { cpu: '1m', memory: '4Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    volumeMounts: mountedFiles(program).map(({ at }, file) => ({
      name: `file-${file}`,
      mountPath: at,
      readOnly: true,
    })),
    workingDir: '/',
  };
}

/** What can be an image's name, or a node's: who writes a DaemonSet can write anything there, as long as they like. */
const imageName = z.string().regex(/^[A-Za-z0-9[][A-Za-z0-9._:/@[\]-]{0,500}$/);
const nodeName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,252}$/);
const programSchema = z.object({
  program: z.string(),
  loader: z.string().exactOptional(),
  libraries: z.array(z.object({ name: z.string(), path: z.string() })),
});
const metadataSchema = z.object({ name: z.string(), annotations: z.record(z.string(), z.string()).optional() });
const madeForSchema = z.object({ images: z.array(imageName).min(1), nodes: z.array(nodeName), program: programSchema });

/** As far as it tells what is held, where and by what. */
const heldSchema = z.object({
  metadata: metadataSchema,
  spec: z.object({
    template: z.object({
      metadata: z.object({}),
      spec: z.object({
        affinity: z.object({
          nodeAffinity: z.object({
            requiredDuringSchedulingIgnoredDuringExecution: z.object({
              nodeSelectorTerms: z.array(
                z.object({ matchFields: z.tuple([z.object({ values: z.tuple([nodeName]) })]) }),
              ),
            }),
          }),
        }),
        containers: z.array(z.object({ image: imageName, volumeMounts: z.array(z.object({ mountPath: z.string() })) })),
        volumes: z.array(z.object({ hostPath: z.object({ path: z.string() }) })),
      }),
    }),
  }),
});

/**
 * What a DaemonSet holds, if it is one that nodemend makes: all of it follows from its images, its nodes and the node's
 * program, aside from what the server fills in and what harms nothing. Undefined for any other.
 */
export function holdOf(object: JsonObject): ImageHold | undefined {
  const hold = saidToHold(object);
  if (hold === undefined) return undefined;
  const made = imageHold(hold);
  if (!isDeepStrictEqual(essenceOf(object, made), essenceOf(made, made))) return undefined;
  const told = metadataSchema.parse(object['metadata']).annotations?.[madeFor];
  return told === undefined || told === textOfHold(hold) ? hold : undefined;
}

/**
 * What a DaemonSet was made to hold, whatever became of it since: as it says itself, and its name, which follows from
 * images and program, has to agree. Undefined where too much was changed to tell.
 */
export function madeToHold(object: JsonObject): ImageHold | undefined {
  const metadata = metadataSchema.safeParse(object['metadata']);
  if (!metadata.success) return undefined;
  const told = madeForSchema.safeParse(jsonOf(metadata.data.annotations?.[madeFor]));
  const isTold = told.success && isDistributions(told.data.program);
  return (isTold ? named(told.data, metadata.data.name) : undefined) ?? saidToHold(object);
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** By its specification and its name alone. */
function saidToHold(object: JsonObject): ImageHold | undefined {
  const read = heldSchema.safeParse(object);
  if (!read.success) return undefined;
  const { affinity, containers, volumes } = read.data.spec.template.spec;
  const terms = affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
  const program = programOf(containers[0]?.volumeMounts ?? [], volumes);
  if (program === undefined || terms.length === 0) return undefined;
  const images = containers.map(({ image }) => image);
  const nodes = terms.flatMap(({ matchFields: [{ values }] }) => values);
  return named({ images, nodes, program }, read.data.metadata.name);
}

/** As the copy that has this name. */
function named(hold: ImageHold, name: string): ImageHold | undefined {
  return copiesOf(hold).find((copy) => nameOfHold(copy) === name);
}

/** The same hold under each name that it can have. */
export function copiesOf(hold: ImageHold): readonly ImageHold[] {
  const { copy: _of, ...first } = hold;
  return [first, ...Array.from({ length: mostCopies }, (_, at) => ({ ...first, copy: at + 1 }))];
}

function programOf(
  mounts: readonly { readonly mountPath: string }[],
  volumes: readonly { readonly hostPath: { readonly path: string } }[],
): HoldingProgram | undefined {
  const files = mounts.map(({ mountPath }, index) => ({ at: mountPath, path: volumes[index]?.hostPath.path ?? '' }));
  const pathAt = (place: string): string | undefined => files.find(({ at }) => at === `${folder}/${place}`)?.path;
  const [program, loader] = [pathAt('sleep'), pathAt('loader')];
  if (program === undefined) return undefined;
  const prefix = `${folder}/lib/`;
  const libraries = files.flatMap(({ at, path }) =>
    at.startsWith(prefix) ? [{ name: at.slice(prefix.length), path }] : [],
  );
  const found = { program, ...(loader === undefined ? {} : { loader }), libraries };
  return isDistributions(found) ? found : undefined;
}
