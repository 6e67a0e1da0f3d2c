import { z } from 'zod';
import { archiveFault } from './archive-fault.ts';

/** A blob of the content store (OCI image specification, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** All that an image is made of, for one platform. */
export interface ImageContent {
  /** What its name stands for: a manifest, or an index of several platforms' manifests. */
  readonly target: Descriptor;
  /** Digest of its configuration: the id of the image. */
  readonly config: string;
  /** Digests, the lowest first. */
  readonly layers: readonly string[];
  /** Each blob once, sorted by digest: the index and the manifest among them. */
  readonly blobs: readonly Descriptor[];
}

/** Reads a blob whole, whose bytes have its digest. @throws what its store throws where it is not there */
export type ReadBlob = (blob: Pick<Descriptor, 'digest' | 'size'>) => Promise<Uint8Array>;

/** As containerd's and the registry's own limit for a manifest (distribution: 4 MiB). */
export const largestJson = 4 * 1024 * 1024;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/u);
const descriptor = z.object({
  mediaType: z
    .string()
    .regex(/^[\w.+/-]{1,127}$/u)
    .default(''),
  digest,
  size: z.int().nonnegative(),
});
const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const indexSchema = z.object({
  mediaType: z.string().optional(),
  manifests: z.array(descriptor.extend({ platform: platformSchema.optional() })).max(500),
});
const manifestSchema = z.object({
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor).max(500),
});
const configSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

/**
 * Follows a name's target to all that belongs to it on one platform.
 * @param platform `linux/amd64`, `linux/arm/v7`
 * @throws NodemendError IMAGE_ARCHIVE_INVALID; what `read` throws
 */
export async function contentOf(
  given: Pick<Descriptor, 'digest' | 'size'> & { readonly mediaType?: string },
  platform: string,
  read: ReadBlob,
): Promise<ImageContent> {
  const top = await readJson(given, read);
  const index = indexSchema.safeParse(top);
  if (index.success) {
    const target = { ...pick(given), mediaType: index.data.mediaType ?? (given.mediaType || indexType) };
    const own = manifestFor(index.data.manifests, platform, given.digest);
    return ofManifest(await readJson(own, read), { own, above: [target], platform, read });
  }
  const manifest = manifestSchema.safeParse(top);
  if (!manifest.success) throw archiveFault('json', given.digest);
  const own = { ...pick(given), mediaType: manifest.data.mediaType ?? (given.mediaType || manifestType) };
  return ofManifest(top, { own, above: [], platform, read });
}

function pick({ digest: of, size }: Pick<Descriptor, 'digest' | 'size'>): Pick<Descriptor, 'digest' | 'size'> {
  return { digest: of, size };
}

interface Place {
  readonly own: Descriptor;
  readonly above: readonly Descriptor[];
  readonly platform: string;
  readonly read: ReadBlob;
}

async function ofManifest(json: unknown, { own, above, platform, read }: Place): Promise<ImageContent> {
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw archiveFault('json', own.digest);
  const { config, layers } = parsed.data;
  const configuration = configSchema.safeParse(await readJson(config, read));
  if (!configuration.success) throw archiveFault('json', config.digest);
  if (!fits(platform, configuration.data)) throw archiveFault('platform', `${own.digest}, ${platform}`);
  const all = new Map([...above, own, config, ...layers].map((blob) => [blob.digest, blob]));
  return {
    target: above[0] ?? own,
    config: config.digest,
    layers: layers.map((layer) => layer.digest),
    blobs: [...all.values()].toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
  };
}

type Described = Descriptor & { readonly platform?: z.infer<typeof platformSchema> | undefined };

/**
 * The one manifest of an index for a platform, and not that of a newer variant where both are there; an index of one that
 * does not say for which is its own.
 */
function manifestFor(manifests: readonly Described[], platform: string, index: string): Descriptor {
  const fitting = manifests.filter((one) => one.platform !== undefined && fits(platform, one.platform));
  const exact = fitting.filter((one) => one.platform !== undefined && nameOf(one.platform) === platform);
  const own = exact.length > 0 ? exact : fitting;
  const [found] = own.length > 0 ? own : manifests.length === 1 ? manifests.filter((one) => !one.platform) : [];
  if (found === undefined) throw archiveFault('platform', `${index}, ${platform}`);
  return { ...pick(found), mediaType: found.mediaType || manifestType };
}

/** arm64 is its own variant v8 (containerd/platforms, normalizeArch). */
function fits(platform: string, given: z.infer<typeof platformSchema>): boolean {
  const is = nameOf(given);
  return is === platform || is === `${platform}/v8` || (given.architecture !== 'arm' && is.startsWith(`${platform}/`));
}

function nameOf({ os, architecture, variant = '' }: z.infer<typeof platformSchema>): string {
  return [os, architecture, ...(variant === '' ? [] : [variant])].join('/');
}

async function readJson(blob: Pick<Descriptor, 'digest' | 'size'>, read: ReadBlob): Promise<unknown> {
  if (blob.size > largestJson) throw archiveFault('large', blob.digest);
  const bytes = await read(blob);
  // A store that has the content already looks at no size: in an archive what is longer than its header says would be more entries.
  if (bytes.length !== blob.size) throw archiveFault('size', blob.digest);
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
  } catch {
    throw archiveFault('json', blob.digest);
  }
}
