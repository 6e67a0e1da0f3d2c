import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ArchiveRequest, Archives, OpenArchive } from '../../actions/image/archives.ts';
import type { GivingNode } from '../../actions/image/image-action.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { GrowingFile } from '../../files/growing-file.ts';
import { removeLeft } from '../../files/remove-left.ts';
import { RunningSha256 } from '../../hash/running-sha256.ts';
import { archiveFault } from '../../images/archive/archive-fault.ts';
import { archiveLayout, readLayout, type ArchiveLayout } from '../../images/archive/archive-layout.ts';
import type { ArchivedImage, ArchivedImages } from '../../images/archive/archived-images.ts';
import type { ImageContent } from '../../images/archive/image-content.ts';
import { systemTiming, type Timing } from '../../kubernetes/timing.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import { isRunningHere, ownProcess } from '../journal/process-identity.ts';
import { ArchiveFile } from './archive-file.ts';
import { donorContent, readBlob, readSaved, type Donor } from './donor.ts';
import { Donors } from './donors.ts';
import { Paced } from './paced.ts';
import { unpackedFiles } from './unpacked-files.ts';

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

/** An image that a node gives. */
export interface BundledImage {
  readonly name: string;
  readonly digest: string;
  readonly configuration: string;
  readonly platform: string;
}

interface SavedImage {
  readonly file: ArchiveFile;
  readonly all: ArchivedImages;
  readonly names: readonly string[];
  readonly content: ImageContent;
}

interface Part {
  readonly from: number;
  readonly length: number;
}

/**
 * The archives of a run. What a node gives is read once, into a copy on this machine (mode 0600), and goes on to others
 * while it is still being read.
 */
export class ImageArchives implements Archives {
  readonly #options: ImageArchivesOptions;
  readonly #paced: Paced;
  readonly #opened = new Map<string, Promise<OpenArchive>>();
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
    const { signal, bandwidth } = this.#options;
    return {
      ...opened,
      read: async (from, amount) => {
        // What is limited goes in small parts: four a second of one archive.
        const most = bandwidth === 0 ? amount.most : Math.min(amount.most, Math.ceil(bandwidth / 4));
        const bytes = await opened.read(from, { least: Math.min(amount.least, most), most });
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

  /**
   * How many files an image has that a containerd gives; undefined where that is not known. @throws NodemendError
   * IMAGE_ARCHIVE_INVALID, IMAGE_NOT_READ; what the transport throws
   */
  async files(
    node: string,
    image: { readonly digest: string; readonly platform: string },
  ): Promise<number | undefined> {
    const donor = this.#donor(node, 'containerd');
    const { content, small } = await donorContent(donor, image);
    const configuration = small.get(content.config);
    return configuration === undefined ? undefined : unpackedFiles(donor, configuration);
  }

  /**
   * One archive of several images of a node, under these names. @throws NodemendError IMAGE_ARCHIVE_INVALID,
   * IMAGE_NOT_READ; what the transport throws; the system's error
   */
  async bundle(from: Pick<Donor, 'node' | 'runtime'>, images: readonly BundledImage[]): Promise<OpenArchive> {
    if (from.runtime === 'containerd')
      return this.#bundleOfBlobs(new Donors([this.#donor(from.node, 'containerd')]), images);
    const saved: SavedImage[] = [];
    for (const { name, digest, configuration, platform } of images) {
      const file = await this.saved(from, configuration);
      const all = await file.images(platform);
      saved.push({ file, all, names: [name], content: imageOf(all, digest, configuration).content });
    }
    const layout = await archiveLayout(saved);
    return this.#ofLayout(layout, (part) => readSaves(layout, saved, part));
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

  #open(request: ArchiveRequest): Promise<OpenArchive> {
    const { of } = request.source;
    if ('file' in of) return this.#openFile(request, of);
    return of.runtime === 'docker' ? this.#openSaved(request, of.node) : this.#openDonor(request, of);
  }

  async #openFile(
    request: ArchiveRequest,
    { file: path, sha256 }: { readonly file: string; readonly sha256: string },
  ): Promise<OpenArchive> {
    const file = await this.file(path);
    if (file.archive.sha256 !== sha256)
      throw new NodemendError('IMAGE_FILE_CHANGED', { file: path, planned: sha256, found: file.archive.sha256 });
    return this.#ofFile(request, file);
  }

  async #openSaved(request: ArchiveRequest, node: string): Promise<OpenArchive> {
    return this.#ofFile(request, await this.saved({ node }, request.configuration ?? ''));
  }

  async #ofFile({ digest, configuration, platform, name }: ArchiveRequest, file: ArchiveFile): Promise<OpenArchive> {
    const all = await file.images(platform);
    const layout = await archiveLayout([{ names: [name], content: imageOf(all, digest, configuration).content }]);
    return this.#ofLayout(layout, (part) => file.readOf(layout, all, part));
  }

  #ofLayout({ length, blobs }: ArchiveLayout, read: (part: Part) => Promise<Uint8Array>): OpenArchive {
    return {
      length,
      blobs,
      read: (from, { most }) => read({ from, length: most }),
      sha256: (end) => hashOf(end, read),
    };
  }

  async #openDonor(
    { digest, platform, name }: ArchiveRequest,
    { node, others = [] }: GivingNode,
  ): Promise<OpenArchive> {
    const donors = others.map((one) => this.#donor(one, 'containerd'));
    return this.#bundleOfBlobs(new Donors([this.#donor(node, 'containerd'), ...donors]), [{ name, digest, platform }]);
  }

  async #bundleOfBlobs(
    donors: Donors,
    images: readonly Pick<BundledImage, 'name' | 'digest' | 'platform'>[],
  ): Promise<OpenArchive> {
    const small = new Map<string, Uint8Array>();
    const contents: { readonly names: readonly string[]; readonly content: ImageContent }[] = [];
    for (const { name, digest, platform } of images) {
      const found = await donors.read((donor) => donorContent(donor, { digest, platform }));
      for (const [blob, bytes] of found.small) small.set(blob, bytes);
      contents.push({ names: [name], content: found.content });
    }
    const layout = await archiveLayout(contents);
    const copy = this.#copy();
    this.#read(copy, () => fillFrom(donors, { layout, small }, copy));
    return {
      length: layout.length,
      blobs: layout.blobs,
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
    const { folder } = this.#options;
    removeLeft(folder, isOfDeadProcess);
    const { pid, start } = ownProcess();
    const copy = new GrowingFile(join(folder, `${pid}-${start}-${randomBytes(8).toString('hex')}.tar`));
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

/** A copy of a process that was killed. */
function isOfDeadProcess(name: string): boolean {
  const [, pid, start = ''] = /^(\d+)-(\d*)-[0-9a-f]{16}\.tar$/u.exec(name) ?? [];
  return pid !== undefined && !isRunningHere({ ...ownProcess(), pid: Number(pid), start });
}

/** Blobs in the order in which the archive has them. */
async function fillFrom(
  donors: Donors,
  { layout, small }: { readonly layout: ArchiveLayout; readonly small: ReadonlyMap<string, Uint8Array> },
  copy: GrowingFile,
): Promise<void> {
  for (const piece of layout.pieces) {
    if ('bytes' in piece) copy.append(piece.bytes);
    else {
      const known = small.get(piece.blob.digest);
      if (known === undefined) await readBlob(donors, piece.blob, (chunk) => copy.append(chunk));
      else copy.append(known);
    }
  }
}

/** Each blob from the save that has it. */
function readSaves(layout: ArchiveLayout, saves: readonly SavedImage[], part: Part): Promise<Uint8Array> {
  return readLayout(layout, part, (blob, from, length) => {
    const save = saves.find(({ all: { made, blobs } }) => made.has(blob.digest) || blobs.has(blob.digest));
    if (save === undefined) throw archiveFault('missing', blob.digest);
    return save.file.readBlob(save.all, blob.digest, { from, length });
  });
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

async function hashOf(length: number, read: (part: Part) => Promise<Uint8Array>): Promise<string> {
  const hash = new RunningSha256();
  for (let from = 0; from < length; from += step)
    hash.update(await read({ from, length: Math.min(step, length - from) }));
  return hash.now();
}
