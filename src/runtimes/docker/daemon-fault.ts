import { conflictOf, noOptions, readDaemonConfig, type DaemonConfig, type DaemonFault } from './daemon-config.ts';
import type { DockerDaemon } from './docker-daemon.ts';

/** The configuration file as dockerd would read it; undefined when it could not be read. */
export function daemonConfig({ file }: DockerDaemon): DaemonConfig | undefined {
  if (file.state === 'closed') return undefined;
  return file.state === 'missing' ? { state: 'valid', options: noOptions } : readDaemonConfig(file.content);
}

/**
 * Whether the file is another one than dockerd read when it was started: most of its options are read only then. Both
 * times are whole seconds, so a start is known to one second either way.
 */
export function isChangedSinceStart({ file, startedAt }: DockerDaemon): boolean {
  return file.state === 'read' && startedAt !== undefined && file.changedAt > startedAt + 1;
}

/**
 * What keeps dockerd from starting. It did start with the file as it was then, so only a file that was changed since
 * can be at odds with one that runs.
 */
export function faultOf(daemon: DockerDaemon, config: DaemonConfig): DaemonFault | undefined {
  if (config.state === 'broken') return config;
  if (daemon.file.state !== 'read' || (daemon.startedAt !== undefined && !isChangedSinceStart(daemon)))
    return undefined;
  return conflictOf(daemon.file.content, daemon);
}
