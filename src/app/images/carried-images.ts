import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { archiveFault } from '../../images/archive/archive-fault.ts';
import type { CarriedImage } from '../../images/sources/brought-source.ts';
import { faultContext } from './file-fault.ts';
import type { SessionArchives } from './session-archives.ts';

/** A file of images, read through once: nothing of one that is not right leaves this machine. */
export interface CarriedFile {
  /** Whether the file says itself that it is as it was written. */
  readonly sealed: boolean;
  /** Hex. */
  readonly sha256: string;
  /**
   * Its images for these platforms, under the names that it gives them. @throws NodemendError IMAGE_ARCHIVE_INVALID where it
   * has none for any of them
   */
  readonly images: (platforms: Iterable<string>) => Promise<readonly CarriedImage[]>;
}

/**
 * @param path absolute
 * @throws NodemendError IMAGE_ARCHIVE_INVALID, IMAGE_FILE_UNREADABLE
 */
export async function openCarried(archives: SessionArchives, path: string): Promise<CarriedFile> {
  const file = await (await archives.get()).file(path).catch((error: unknown) => {
    if (isNodemendError(error) || !(error instanceof Error) || !('code' in error)) throw error;
    const fault = String(error.code);
    throw new NodemendError('IMAGE_FILE_UNREADABLE', { file: path, fault, ...faultContext(fault) }, { cause: error });
  });
  const {
    sealed,
    archive: { sha256 },
  } = file;
  const ofPlatform = async (platform: string): Promise<readonly CarriedImage[]> =>
    (await file.images(platform)).images.map(({ names, content }) => ({
      names,
      digest: content.target.digest,
      id: content.config,
      platform,
      bytes: content.blobs.reduce((sum, { size }) => sum + size, 0),
      file: path,
      sha256,
    }));
  return { sealed, sha256, images: (platforms) => ofAny(platforms, ofPlatform, path) };
}

/** Of nodes of several kinds some may find theirs. */
async function ofAny(
  platforms: Iterable<string>,
  ofPlatform: (platform: string) => Promise<readonly CarriedImage[]>,
  path: string,
): Promise<readonly CarriedImage[]> {
  const images: CarriedImage[] = [];
  let fault: Error | undefined;
  for (const platform of platforms) {
    try {
      images.push(...(await ofPlatform(platform)));
    } catch (error) {
      if (!isNodemendError(error)) throw error;
      fault ??= error;
    }
  }
  if (images.length === 0) throw fault ?? archiveFault('unnamed', path);
  return images;
}
