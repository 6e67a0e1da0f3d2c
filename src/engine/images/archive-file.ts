import { OpenedFile } from '../../files/opened-file.ts';
import { archiveFault } from '../../images/archive/archive-fault.ts';
import { readLayout, type ArchiveLayout } from '../../images/archive/archive-layout.ts';
import { archivedImages, type ArchivedImages } from '../../images/archive/archived-images.ts';
import { readArchive, type ReadArchive, type ReadArchiveOptions } from '../../images/archive/read-archive.ts';
import { isSealed } from '../../images/archive/sealed-archive.ts';

interface Part {
  readonly from: number;
  readonly length: number;
}

/** An archive in a file: read through once, and read in parts from then on. Nothing of it is unpacked. */
export class ArchiveFile {
  readonly #file: OpenedFile;
  readonly archive: ReadArchive;
  /** Whether it says itself that it is as it was written. */
  readonly sealed: boolean;

  private constructor(file: OpenedFile, archive: ReadArchive, sealed: boolean) {
    this.#file = file;
    this.archive = archive;
    this.sealed = sealed;
  }

  /** @throws NodemendError IMAGE_ARCHIVE_INVALID; the system's error */
  static async open(path: string, options: ReadArchiveOptions): Promise<ArchiveFile> {
    const file = await OpenedFile.open(path);
    try {
      const archive = await readArchive(file.chunks(), options);
      return new ArchiveFile(file, archive, await isSealed(archive, (from, length) => file.read(from, length)));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  images(platform: string): Promise<ArchivedImages> {
    return archivedImages(this.archive, platform, ({ at, size }) => this.#file.read(at, size));
  }

  /** A part of another archive that is made of the blobs of this one. */
  readOf(layout: ArchiveLayout, images: ArchivedImages, part: Part): Promise<Uint8Array> {
    return readLayout(layout, part, ({ digest }, from, length) => this.readBlob(images, digest, { from, length }));
  }

  async readBlob({ made, blobs }: ArchivedImages, digest: string, { from, length }: Part): Promise<Uint8Array> {
    const bytes = made.get(digest);
    if (bytes !== undefined) return bytes.subarray(from, from + length);
    const file = blobs.get(digest);
    if (file === undefined) throw archiveFault('missing', digest);
    return this.#file.read(file.at + from, length);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
