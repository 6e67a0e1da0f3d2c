import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `$XDG_STATE_HOME/nodemend`, or `~/.local/state/nodemend`. A relative XDG folder is ignored, as its specification
 * says.
 */
export function stateFolder(environment: Environment): string {
  const stateHome = environment['XDG_STATE_HOME'] ?? '';
  const base = isAbsolute(stateHome) ? stateHome : join(environment['HOME'] || homedir(), '.local', 'state');
  return join(base, 'nodemend');
}

/** Where the journals of runs are. */
export function runsFolder(environment: Environment): string {
  return join(stateFolder(environment), 'runs');
}
