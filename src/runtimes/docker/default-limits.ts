import { noOptions, type DaemonOptions } from './daemon-config.ts';
import { daemonConfig, isChangedSinceStart } from './daemon-fault.ts';
import type { DockerDaemon } from './docker-daemon.ts';

/** What dockerd gives a new container that asks for nothing. A container keeps what it was made with. */
export interface DefaultLimits {
  readonly driver: string;
  readonly maxSize: string | undefined;
  readonly maxFile: string | undefined;
  readonly liveRestore: boolean;
}

/** The limits that hold at dockerd's next start. */
export function limitsOf({ options, flags }: DockerDaemon, file: DaemonOptions): DefaultLimits {
  const ofFlags = flags.has('--log-opt');
  const liveRestore = options.get('live-restore');
  return {
    driver: options.get('log-driver') ?? file.logDriver ?? 'json-file',
    maxSize: ofFlags ? options.get('max-size') : file.logOpts.get('max-size'),
    maxFile: ofFlags ? options.get('max-file') : file.logOpts.get('max-file'),
    liveRestore: liveRestore === undefined ? (file.liveRestore ?? false) : liveRestore === 'true',
  };
}

/** The limits in force now; undefined when that is not known. */
export function limitsInForce(daemon: DockerDaemon): DefaultLimits | undefined {
  const config = daemonConfig(daemon);
  if (config?.state !== 'valid' || daemon.startedAt === undefined) return undefined;
  if (!isChangedSinceStart(daemon)) return limitsOf(daemon, config.options);
  // The old file is gone; only flags tell.
  return daemon.flags.has('--log-opt') ? limitsOf(daemon, noOptions) : undefined;
}

/** What becomes of the log of a container to come. `local` rotates by itself (20 MB, five files). */
export function newContainers({ driver, maxSize }: DefaultLimits): 'bounded' | 'unbounded' | 'elsewhere' {
  if (driver !== 'json-file') return 'elsewhere';
  return isLimit(maxSize) ? 'bounded' : 'unbounded';
}

/** moby daemon/logger/jsonfilelog: a `max-size` that is not a positive number is not a limit. */
export function isLimit(maxSize: string | undefined): boolean {
  return maxSize !== undefined && Number.parseFloat(maxSize) > 0;
}
