import { z } from 'zod';
import { sha256 } from '../../hash/sha256.ts';
import { archiveFault } from './archive-fault.ts';
import {
  contentOf,
  largestJson,
  manifestType,
  type Descriptor,
  type ImageContent,
  type ReadBlob,
} from './image-content.ts';
import type { ArchivedFile, ReadArchive } from './read-archive.ts';

/** An image of an archive. */
export interface ArchivedImage {
  /** As the archive names it; none where it does not. */
  readonly names: readonly string[];
  readonly content: ImageContent;
  /**
   * Whether its manifest was in the archive. Where dockerd before 25 saved it there is none: one is made, and the digest by
   * which others know the image is not its digest.
   */
  readonly hasManifest: boolean;
}

export interface ArchivedImages {
  readonly images: readonly ArchivedImage[];
  /** Blobs that were made, by digest; all others are in the archive. */
  readonly made: ReadonlyMap<string, Uint8Array>;
  /** Where in the archive each blob is, by digest. */
  readonly blobs: ReadonlyMap<string, ArchivedFile>;
}

/** Reads of the archive. */
export type ReadFile = (file: ArchivedFile) => Promise<Uint8Array>;

const layoutSchema = z.object({ imageLayoutVersion: z.string().startsWith('1.') });
const indexSchema = z.object({
  manifests: z
    .array(
      z.object({
        mediaType: z.string().default(''),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/u),
        size: z.int().nonnegative(),
        annotations: z.record(z.string(), z.string()).optional(),
        platform: z.unknown().optional(),
      }),
    )
    .max(1_000),
});
const savedSchema = z
  .array(
    z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()).max(500) }),
  )
  .max(1_000);
const savedConfigSchema = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

/**
 * The images of an archive, each whole for a platform; of an OCI layout, or of what dockerd before 25 saves.
 * @throws NodemendError IMAGE_ARCHIVE_INVALID; what `read` throws
 */
export async function archivedImages(
  archive: Pick<ReadArchive, 'files' | 'links'>,
  platform: string,
  read: ReadFile,
): Promise<ArchivedImages> {
  const { files } = archive;
  const layout = files.get('oci-layout');
  if (layout !== undefined) return ociImages(archive, { layout, platform, read });
  const saved = files.get('manifest.json');
  if (saved === undefined) throw archiveFault('layout', 'oci-layout, index.json');
  return savedImages(archive, { saved, platform, read });
}

interface Reading {
  readonly platform: string;
  readonly read: ReadFile;
}

async function ociImages(
  { files }: Pick<ReadArchive, 'files'>,
  { layout, platform, read }: Reading & { readonly layout: ArchivedFile },
): Promise<ArchivedImages> {
  await readAs(layoutSchema, layout, { path: 'oci-layout', read });
  const index = files.get('index.json');
  if (index === undefined) throw archiveFault('layout', 'index.json');
  const { manifests } = await readAs(indexSchema, index, { path: 'index.json', read });
  const blobs = blobsOf(files);
  const byDigest = Map.groupBy(manifests, ({ digest }) => digest);
  const images: ArchivedImage[] = [];
  for (const ones of byDigest.values()) {
    const [target] = ones;
    if (target === undefined) continue;
    const content = await contentOf(target, platform, readerOf(blobs, read));
    requireWhole(content, blobs);
    const names = ones.flatMap(({ annotations = {} }) => annotations['io.containerd.image.name'] ?? []);
    images.push({ names, content, hasManifest: true });
  }
  requireOwnNames(images);
  return { images, made: new Map(), blobs };
}

/** A name stands for one image: which of two is meant nobody could tell. */
function requireOwnNames(images: readonly ArchivedImage[]): void {
  const seen = new Set<string>();
  for (const name of images.flatMap(({ names }) => [...new Set(names)])) {
    if (seen.has(name)) throw archiveFault('ambiguous', name);
    seen.add(name);
  }
}

/** Those of its folder of blobs. */
function blobsOf(files: ReadArchive['files']): ReadonlyMap<string, ArchivedFile> {
  return new Map([...files].flatMap(([path, file]) => (path.startsWith('blobs/') ? [[file.digest, file]] : [])));
}

function readerOf(blobs: ReadonlyMap<string, ArchivedFile>, read: ReadFile): ReadBlob {
  return ({ digest, size }) => {
    const file = blobs.get(digest);
    if (file === undefined) throw archiveFault('missing', digest);
    if (file.size !== size) throw archiveFault('size', digest);
    return read(file);
  };
}

function requireWhole({ blobs }: ImageContent, there: ReadonlyMap<string, ArchivedFile>): void {
  for (const { digest, size } of blobs) {
    const file = there.get(digest);
    if (file === undefined) throw archiveFault('missing', digest);
    if (file.size !== size) throw archiveFault('size', digest);
  }
}

async function savedImages(
  archive: Pick<ReadArchive, 'files' | 'links'>,
  { saved, platform, read }: Reading & { readonly saved: ArchivedFile },
): Promise<ArchivedImages> {
  const images: ArchivedImage[] = [];
  const made = new Map<string, Uint8Array>();
  const blobs = new Map<string, ArchivedFile>();
  const take = (path: string): ArchivedFile => {
    const file = archive.files.get(archive.links.get(path) ?? path);
    if (file === undefined) throw archiveFault('missing', path);
    blobs.set(file.digest, file);
    return file;
  };
  for (const { Config, RepoTags, Layers } of await readAs(savedSchema, saved, { path: 'manifest.json', read })) {
    const config = take(Config);
    const layers = Layers.map(take);
    const { rootfs } = await readAs(savedConfigSchema, config, { path: Config, read });
    // What dockerd saves is unpacked: each layer is what the configuration says it is.
    const wrong = layers.findIndex(({ digest }, at) => digest !== rootfs.diff_ids[at]);
    if (wrong !== -1 || layers.length !== rootfs.diff_ids.length)
      throw archiveFault('damaged', Layers[wrong] ?? Config);
    const manifest = manifestOf(config, layers);
    const target = { digest: `sha256:${sha256(manifest)}`, size: manifest.length, mediaType: manifestType };
    made.set(target.digest, manifest);
    const reader: ReadBlob = ({ digest }) =>
      digest === target.digest ? Promise.resolve(manifest) : read(blobs.get(digest) ?? config);
    images.push({ names: RepoTags ?? [], content: await contentOf(target, platform, reader), hasManifest: false });
  }
  requireOwnNames(images);
  return { images, made, blobs };
}

function manifestOf(config: ArchivedFile, layers: readonly ArchivedFile[]): Uint8Array {
  const descriptor = (mediaType: string, { digest, size }: Pick<Descriptor, 'digest' | 'size'>): Descriptor => ({
    mediaType,
    digest,
    size,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => descriptor('application/vnd.oci.image.layer.v1.tar', layer)),
  };
  return Buffer.from(JSON.stringify(manifest), 'utf8');
}

async function readAs<T>(
  schema: z.ZodType<T>,
  file: ArchivedFile,
  { path, read }: { readonly path: string; readonly read: ReadFile },
): Promise<T> {
  if (file.size > largestJson) throw archiveFault('large', path);
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(await read(file)).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw archiveFault('json', path);
    throw error;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw archiveFault('json', path);
  return parsed.data;
}
