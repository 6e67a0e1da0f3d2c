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
  readonly run: RotationRun;
}

/** The runs of logrotate that read it. */
export interface RotationRun {
  /** Files that logrotate is given. */
  readonly configurations: readonly string[];
  /** The longest time between two, days; Infinity where nothing starts one. */
  readonly days: number;
  /** Minutes of a day at which runs start that take place daily, in order; empty where that is not known. */
  readonly starts: readonly number[];
  /** `--force`: each run rotates, whatever the rules say of size and time. */
  readonly isForced: boolean;
}

/** How every distribution runs it, where the schedule was not seen. */
export const dailyRun: RotationRun = { configurations: [mainFile], days: 1, starts: [], isForced: false };

export interface RotatedLogs {
  readonly docker: readonly DockerLog[];
  readonly pods: readonly string[];
}

/** What a scheduled run on the node would work with. */
export function readRotation(
  files: RotationFiles,
  release: Release,
  logs: RotatedLogs,
  run: RotationRun = dailyRun,
): Rotation {
  const tree = nodeTree(files, logs.docker, logs.pods);
  const configuration = readConfiguration(run.configurations, tree, release);
  return { configuration: run.isForced ? forced(configuration) : configuration, files, tree, release, run };
}

/** What `--force` leaves of the conditions (`findNeedRotating`): an empty log under `notifempty` alone is passed over. */
function forced(configuration: Configuration): Configuration {
  const conditions = { criterion: 'size', threshold: 0, maxSize: 0, minSize: 0, minAge: 0 } as const;
  const blocks = configuration.blocks.map((block) => ({ ...block, settings: { ...block.settings, ...conditions } }));
  return { ...configuration, blocks };
}
