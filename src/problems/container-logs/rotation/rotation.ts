import type { RotationFiles } from './rotation-files.ts';
import { nodeTree } from './node-tree.ts';
import type { DockerLog } from '../logs/watched-logs.ts';
import type { Configuration } from '../../../logrotate/configuration.ts';
import type { FileTree } from '../../../logrotate/file-tree.ts';
import { readConfiguration } from '../../../logrotate/read-configuration.ts';
import type { Release } from '../../../logrotate/release.ts';

/** The file that every distribution's scheduled run names. */
export const mainFile = '/etc/logrotate.conf';

/** The folder that every distribution's main file includes. */
export const rulesFolder = '/etc/logrotate.d';

/** logrotate's configuration on a node, and what it was read from. */
export interface Rotation {
  readonly configuration: Configuration;
  readonly files: RotationFiles;
  readonly tree: FileTree;
  readonly release: Release;
}

/** What a scheduled run on the node would work with. */
export function readRotation(
  files: RotationFiles,
  release: Release,
  logs: readonly DockerLog[],
  podLogs: readonly string[],
): Rotation {
  const tree = nodeTree(files, logs, podLogs);
  return { configuration: readConfiguration(mainFile, tree, release), files, tree, release };
}
