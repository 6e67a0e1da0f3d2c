import type { DockerLog } from '../logs/watched-logs.ts';
import { containerLink } from '../logs/watched-logs.ts';
import { matchesPath, normalPath } from '../../../logrotate/glob.ts';

/**
 * What a pattern of log names is about: docker's log files, kubelet's links to them, kubelet's own log folder, or
 * neither.
 */
export type RuleTarget = 'docker' | 'links' | 'pods' | 'other';

/** Folders of container logs on a node. */
export interface LogPlaces {
  /** Docker's containers folders, each way of writing it. */
  readonly docker: readonly string[];
  readonly podLogs: readonly string[];
}

export function placesOf(logs: readonly DockerLog[], podLogs: readonly string[]): LogPlaces {
  const folders = logs.flatMap((log) => log.paths.map((path) => path.split('/').slice(0, -2).join('/')));
  return { docker: [...new Set([...folders, '/var/lib/docker/containers'])], podLogs };
}

/** Aimed at by what it matches, or by where it looks although it matches nothing there. */
export function targetOf(pattern: string, places: LogPlaces): RuleTarget {
  const path = normalPath(pattern);
  if (reaches(path, places.docker, exampleLogs(places.docker))) return 'docker';
  if (reaches(path, ['/var/log/pods'], places.podLogs)) return 'pods';
  if (reaches(path, ['/var/log/containers'], [containerLink])) return 'links';
  return 'other';
}

/** Whether all that the pattern can match lies in the place it is aimed at: taking it away takes nothing else. */
export function staysInside(pattern: string, places: LogPlaces): boolean {
  const folders = [...places.docker, '/var/log/pods', '/var/log/containers'];
  return folders.some((folder) => normalPath(pattern).startsWith(`${folder}/`));
}

function reaches(pattern: string, folders: readonly string[], paths: readonly string[]): boolean {
  return folders.some((folder) => pattern.startsWith(`${folder}/`)) || paths.some((path) => matchesPath(pattern, path));
}

function exampleLogs(folders: readonly string[]): readonly string[] {
  return folders.map((folder) => `${folder}/${'0'.repeat(64)}/${'0'.repeat(64)}-json.log`);
}
