import type { BroughtImage } from '../../engine/images/brought-images.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { archiveFault } from '../../images/archive/archive-fault.ts';
import { storedName } from '../../images/needed-images.ts';
import type { CarriedImage } from '../../images/sources/brought-source.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import type { PlannedChange } from '../plans/make-plan.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';
import { beginningOf } from '../../text/printable.ts';
import { openCarried } from './carried-images.ts';
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
  const carried = await openCarried(archives, file);
  const collected = await collectOf(request, await session.findNodes(opened.api, ports.interrupt), ports);
  const { evidence } = collected;
  const platforms = new Set(evidence.nodes.flatMap(({ name }) => storeIn(evidence, name)?.platform ?? []));
  const images = (await carried.images(platforms.size > 0 ? platforms : ['linux/amd64'])).flatMap(named);
  if (images.length === 0) throw archiveFault('unnamed', file);
  return { ...brought({ collected, images }), sealed: carried.sealed, sha256: carried.sha256 };
}

/** Of what a file calls a name: those that are some are no longer. */
const longestShown = 512;

function named({ names, id: configuration, file, sha256, ...image }: CarriedImage): readonly BroughtImage[] {
  return names.map((given) => {
    const name = storedName(given);
    if (name === undefined) throw new NodemendError('IMAGE_NAME_INVALID', { image: beginningOf(given, longestShown) });
    return { ...image, name, configuration, of: { file, sha256 } };
  });
}
