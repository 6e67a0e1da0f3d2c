import type { BroughtImage } from '../../engine/images/brought-images.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { archiveFault } from '../../images/archive/archive-fault.ts';
import type { ArchivedImage } from '../../images/archive/archived-images.ts';
import { storedName } from '../../images/needed-images.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import type { PlannedChange } from '../plans/make-plan.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';
import { brought, collectOf, requireArchives, storeIn } from './given-images.ts';

export interface ImportRequest {
  readonly session: Session;
  readonly opened: OpenedSession;
  /** Absolute. */
  readonly file: string;
}

export interface PlannedImport extends PlannedChange {
  /** Whether the file says itself that it is as it was written. */
  readonly sealed: boolean;
  readonly sha256: string;
}

/**
 * Reads an archive through on this machine, and plans to bring its images to the nodes that were asked for.
 * @throws NodemendError ACCESS_NOT_ASKED, IMAGE_ARCHIVE_INVALID, IMAGE_NAME_INVALID; what collecting throws; the
 *   system's error
 */
export async function planImport(request: ImportRequest, ports: Ports & Loaded): Promise<PlannedImport> {
  const { session, opened, file } = request;
  const archives = requireArchives(opened);
  // Before any node is asked: nothing of a file that is not right leaves this machine.
  const { archive, sealed, images: imagesFor } = await openFile(archives, file);
  const collected = await collectOf(request, await session.findNodes(opened.api, ports.interrupt), ports);
  const { evidence } = collected;
  const stores = evidence.nodes.flatMap(({ name }) => storeIn(evidence, name) ?? []);
  const platforms = new Set(stores.flatMap(({ platform }) => platform ?? []));
  const images: BroughtImage[] = [];
  let fault: Error | undefined;
  for (const platform of platforms.size > 0 ? platforms : ['linux/amd64']) {
    try {
      const found = await imagesFor(platform);
      images.push(...found.flatMap((image) => named(image, { platform, file, sha256: archive.sha256 })));
    } catch (error) {
      // Of nodes of several kinds some may find theirs.
      if (!isNodemendError(error)) throw error;
      fault ??= error;
    }
  }
  if (images.length === 0) throw fault ?? archiveFault('unnamed', file);
  return { ...brought({ collected, images }), sealed, sha256: archive.sha256 };
}

async function openFile(
  archives: ReturnType<typeof requireArchives>,
  path: string,
): Promise<{
  readonly archive: { readonly sha256: string };
  readonly sealed: boolean;
  readonly images: (platform: string) => Promise<readonly ArchivedImage[]>;
}> {
  const file = await (await archives.get()).file(path).catch((error: unknown) => {
    if (isNodemendError(error) || !(error instanceof Error) || !('code' in error)) throw error;
    throw new NodemendError('IMAGE_FILE_UNREADABLE', { file: path, fault: String(error.code) }, { cause: error });
  });
  return {
    archive: file.archive,
    sealed: file.sealed,
    images: async (platform) => (await file.images(platform)).images,
  };
}

function named(
  { names, content }: ArchivedImage,
  { platform, file, sha256 }: { readonly platform: string; readonly file: string; readonly sha256: string },
): readonly BroughtImage[] {
  const bytes = content.blobs.reduce((sum, { size }) => sum + size, 0);
  return names.map((given) => {
    const name = storedName(given);
    if (name === undefined) throw new NodemendError('IMAGE_NAME_INVALID', { image: given });
    const { config: configuration, target } = content;
    return { name, digest: target.digest, configuration, platform, bytes, of: { file, sha256 } };
  });
}
