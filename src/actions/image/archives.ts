import type { ArchiveSource, ImageAction } from './image-action.ts';

/** An archive that goes to nodes: the same bytes for each of them, however often it is asked for. */
export interface OpenArchive {
  /** Bytes; known before all of them are here. */
  readonly length: number;
  /** Digests of all that is in it. */
  readonly blobs: readonly string[];
  /**
   * A part, at least `least` bytes of it or all of the rest, less where the rate is limited: waits for what is still on
   * its way, and for its turn.
   */
  readonly read: (from: number, amount: { readonly least: number; readonly most: number }) => Promise<Uint8Array>;
  /** Of its first bytes, hex; of all of it when there is no more. */
  readonly sha256: (length: number) => Promise<string>;
}

export type ArchiveRequest = Pick<ImageAction, 'image' | 'digest' | 'configuration' | 'platform'> & {
  readonly source: ArchiveSource;
  /** The one name that its image has in it. */
  readonly name: string;
};

/** Where archives come from: other nodes, or files. */
export interface Archives {
  /**
   * Opens one, or the one that is open already. @throws NodemendError IMAGE_ARCHIVE_INVALID, IMAGE_NOT_READ,
   * IMAGE_FILE_CHANGED; what the transport throws; the system's error
   */
  readonly open: (request: ArchiveRequest) => Promise<OpenArchive>;
}
