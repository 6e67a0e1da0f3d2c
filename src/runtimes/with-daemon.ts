import daemon from './daemon.sh?raw';
import pathOfRoot from './path-of-root.sh?raw';

/** A script for a node that asks which process a daemon is (daemon.sh), or whose a path is (path-of-root.sh). */
export function withDaemon(...scripts: readonly string[]): string {
  return [pathOfRoot, daemon, ...scripts].join('\n');
}
