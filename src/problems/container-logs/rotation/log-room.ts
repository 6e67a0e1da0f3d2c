import type { DiskRoom } from '../../../disk/room.ts';
import type { DockerLog } from '../logs/watched-logs.ts';
import type { Block } from '../../../logrotate/configuration.ts';
import type { Coverage } from './coverage.ts';

/** A smaller part of the disk is not what fills it. */
const smallestPart = 1 / 20;

/**
 * A log that has outgrown the room: logrotate copies the whole of it before it empties it (`copyTruncate` in
 * logrotate.c, 3.21.0), also when the copy is compressed afterwards, and leaves a log as it is when the copy does not
 * fit.
 */
export function outgrownLog(
  coverage: readonly Coverage[],
  room: DiskRoom | undefined,
): { readonly log: DockerLog; readonly block: Block } | undefined {
  if (room === undefined) return undefined;
  return coverage
    .filter((one) => one.state === 'covered')
    .filter(
      ({ log: { file }, block: { settings } }) =>
        settings.copyTruncate &&
        settings.oldDir === undefined &&
        file.allocated > room.free &&
        file.allocated >= room.size * smallestPart,
    )
    .toSorted((a, b) => b.log.file.allocated - a.log.file.allocated)[0];
}
