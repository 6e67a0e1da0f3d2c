import type { DockerLog } from '../logs/watched-logs.ts';
import type { Block } from '../../../logrotate/configuration.ts';
import { normalPath } from '../../../logrotate/glob.ts';
import type { Rotation } from './rotation.ts';

/** What becomes of one container's log. */
export type Coverage =
  | { readonly log: DockerLog; readonly state: 'covered'; readonly block: Block }
  | { readonly log: DockerLog; readonly state: 'passed-over'; readonly block: Block; readonly why: PassedOver }
  | { readonly log: DockerLog; readonly state: 'uncovered' };

/** Why logrotate leaves a log alone although a block holds it (`findNeedRotating` in logrotate.c). */
export type PassedOver = 'insecure-folder' | 'hard-links' | 'symlink';

export function coverageOf(logs: readonly DockerLog[], rotation: Rotation): readonly Coverage[] {
  const holders = new Map<string, Block>();
  for (const block of rotation.configuration.blocks) {
    for (const path of block.files) if (!holders.has(normalPath(path))) holders.set(normalPath(path), block);
  }
  return logs.map((log) => {
    const block = log.paths.map((path) => holders.get(path)).find((holder) => holder !== undefined);
    if (block === undefined) return { log, state: 'uncovered' };
    const why = passedOver(log, block, rotation);
    return why === undefined ? { log, state: 'covered', block } : { log, state: 'passed-over', block, why };
  });
}

function passedOver(
  { file, container }: DockerLog,
  { settings }: Block,
  { release }: Rotation,
): PassedOver | undefined {
  const { mode, gid } = container.folder;
  const writableByOthers = (mode & 0o002) !== 0 || (gid !== 0 && (mode & 0o020) !== 0);
  if (settings.su === undefined && writableByOthers) return 'insecure-folder';
  if (file.isLink) return 'symlink';
  if (file.links !== 1 && release.refusesHardLinks && !settings.allowHardLink) return 'hard-links';
  return undefined;
}
