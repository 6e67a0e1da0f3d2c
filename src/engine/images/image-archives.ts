import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ArchiveRequest, Archives, OpenArchive } from '../../actions/image/archives.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { GrowingFile } from '../../files/growing-file.ts';
import { RunningSha256 } from '../../hash/running-sha256.ts';
import { archiveFault } from '../../images/archive/archive-fault.ts';
import { archiveLayout, type ArchiveLayout } from '../../images/archive/archive-layout.ts';
import type { ArchivedImage, ArchivedImages } from '../../images/archive/archived-images.ts';
import { systemTiming, type Timing } from '../../kubernetes/timing.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { ArchiveFile } from './archive-file.ts';
import { donorContent, readBlob, readSaved, type Donor } from './donor.ts';
import { Paced } from './paced.ts';

export interface ImageArchivesOptions {
  /** Of copies of what nodes give; each is removed when it is closed. Absolute. */
  readonly folder: string;
  /** Connects to a node that gives images; it need not be one that is changed. */
  readonly connect: (node: string) => Promise<NodeConnection>;
  /** Most that goes out to all nodes together, and most that is read of one, bytes a second; 0 for no limit. */
  readonly bandwidth: number;
  readonly signal: AbortSignal;
  readonly timing?: Timing;
}

interface Opened {
  readonly length: number;
  readonly read: OpenArchive['read'];
  readonly sha256: OpenArchive['sha256'];
}

/**
 * The archives of a run. What a node gives is read once, into a copy on this machine (mode 0600), and goes on to others
 * while it is still being read.
 */
export class ImageArchives implements Archives {
  readonly #options: ImageArchivesOptions;
  readonly #paced: Paced;
  readonly #opened = new Map<string, Promise<Opened>>();
  readonly #files = new Map<string, Promise<ArchiveFile>>();
  readonly #copies: GrowingFile[] = [];
  /** Work that goes on in the background. */
  readonly #reading: Promise<void>[] = [];

  constructor(options: ImageArchivesOptions) {
    this.#options = options;
    this.#paced = new Paced(options.bandwidth, options.timing ?? systemTiming);
  }

  async open(request: ArchiveRequest): Promise<OpenArchive> {
    const { digest, platform, source, name } = request;
    const key = JSON.stringify([digest, platform, source, name]);
    let opening = this.#opened.get(key);
    if (opening === undefined) {
      opening = this.#open(request);
      this.#opened.set(key, opening);
      // Another node may try again.
      opening.catch(() => this.#opened.delete(key));
    }
    const opened = await opening;
    const { signal } = this.#options;
    return {
      ...opened,
      read: async (from, amount) => {
        const bytes = await opened.read(from, amount);
        await this.#paced.take(bytes.length, signal);
        return bytes;
      },
    };
  }

  /** A file of archives, read through. @throws NodemendError IMAGE_ARCHIVE_INVALID; the system's error */
  file(path: string): Promise<ArchiveFile> {
    return this.#file(path, 'refused');
  }

  /** What docker saves of an image, by its id; it is read once. @throws as `open` */
  async saved(donor: Pick<Donor, 'node'>, id: string): Promise<ArchiveFile> {
    const key = JSON.stringify([donor.node, id]);
    let file = this.#files.get(key);
    if (file === undefined) {
      file = this.#save(this.#donor(donor.node, 'docker'), id);
      this.#files.set(key, file);
      file.catch(() => this.#files.delete(key));
    }
    return file;
  }

  /** Removes all copies. Nothing is open afterwards. */
  async close(): Promise<void> {
    for (const copy of this.#copies) copy.fail(new NodemendError('COMMAND_INTERRUPTED', { node: '-' }));
    await Promise.allSettled(this.#reading);
    await Promise.allSettled(this.#copies.map((copy) => copy.remove()));
    await Promise.allSettled([...this.#files.values()].map(async (file) => (await file).close()));
    this.#opened.clear();
    this.#files.clear();
  }

  #open(request: ArchiveRequest): Promise<Opened> {
    const { of } = request.source;
    if ('file' in of) return this.#openFile(request, of);
    return of.runtime === 'docker' ? this.#openSaved(request, of.node) : this.#openDonor(request, of.node);
  }

  async #openFile(
    request: ArchiveRequest,
    { file: path, sha256 }: { readonly file: string; readonly sha256: string },
  ): Promise<Opened> {
    const file = await this.file(path);
    if (file.archive.sha256 !== sha256)
      throw new NodemendError('IMAGE_FILE_CHANGED', { file: path, planned: sha256, found: file.archive.sha256 });
    return this.#ofFile(request, file);
  }

  async #openSaved(request: ArchiveRequest, node: string): Promise<Opened> {
    return this.#ofFile(request, await this.saved({ node }, request.configuration ?? ''));
  }

  async #ofFile({ digest, configuration, platform, name }: ArchiveRequest, file: ArchiveFile): Promise<Opened> {
    const all = await file.images(platform);
    const layout = await archiveLayout([{ names: [name], content: imageOf(all, digest, configuration).content }]);
    return {
      length: layout.length,
      read: (from, { most }) => file.readOf(layout, all, { from, length: most }),
      sha256: (length) => hashOf(length, (part) => file.readOf(layout, all, part)),
    };
  }

  async #openDonor({ digest, platform, name }: ArchiveRequest, node: string): Promise<Opened> {
    const donor = this.#donor(node, 'containerd');
    const { content, small } = await donorContent(donor, { digest, platform });
    const layout = await archiveLayout([{ names: [name], content }]);
    const copy = this.#copy();
    this.#read(copy, () => fillFrom(donor, { layout, small }, copy));
    return {
      length: layout.length,
      read: (from, amount) => copy.read(from, amount),
      sha256: (length) =>
        length === layout.length
          ? copy.sha256()
          : hashOf(length, ({ from, length: most }) => copy.read(from, { least: most, most })),
    };
  }

  async #save(donor: Donor, id: string): Promise<ArchiveFile> {
    const copy = this.#copy();
    await readSaved(donor, id, (chunk) => copy.append(chunk));
    copy.finish();
    return ArchiveFile.open(copy.path, { links: 'followed' });
  }

  #file(path: string, links: 'refused' | 'followed'): Promise<ArchiveFile> {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = ArchiveFile.open(path, { links });
      this.#files.set(path, file);
      file.catch(() => this.#files.delete(path));
    }
    return file;
  }

  #copy(): GrowingFile {
    const copy = new GrowingFile(join(this.#options.folder, `${randomBytes(12).toString('hex')}.tar`));
    this.#copies.push(copy);
    return copy;
  }

  #read(copy: GrowingFile, fill: () => Promise<void>): void {
    this.#reading.push(
      fill().then(
        () => copy.finish(),
        (error: unknown) => copy.fail(error),
      ),
    );
  }

  #donor(node: string, runtime: Donor['runtime']): Donor {
    const { connect, bandwidth } = this.#options;
    return { node, runtime, bandwidth, connect: () => connect(node) };
  }
}

/** Blobs in the order in which the archive has them. */
async function fillFrom(
  donor: Donor,
  { layout, small }: { readonly layout: ArchiveLayout; readonly small: ReadonlyMap<string, Uint8Array> },
  copy: GrowingFile,
): Promise<void> {
  for (const piece of layout.pieces) {
    if ('bytes' in piece) copy.append(piece.bytes);
    else {
      const known = small.get(piece.blob.digest);
      if (known === undefined) await readBlob(donor, piece.blob, (chunk) => copy.append(chunk));
      else copy.append(known);
    }
  }
}

/** By what its name stands for; where it was saved without a manifest, by its id. */
function imageOf({ images }: ArchivedImages, digest: string, id: string | undefined): ArchivedImage {
  const image =
    images.find(({ content }) => content.target.digest === digest) ??
    images.find(({ content, hasManifest }) => !hasManifest && content.config === id);
  if (image === undefined) throw archiveFault('missing', digest);
  return image;
}

const step = 4 * 1024 * 1024;

async function hashOf(
  length: number,
  read: (part: { readonly from: number; readonly length: number }) => Promise<Uint8Array>,
): Promise<string> {
  const hash = new RunningSha256();
  for (let from = 0; from < length; from += step)
    hash.update(await read({ from, length: Math.min(step, length - from) }));
  return hash.now();
}
