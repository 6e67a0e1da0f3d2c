import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * `$XDG_STATE_HOME/nodemend/runs`, or `~/.local/state/nodemend/runs`. A relative XDG folder is ignored, as its
 * specification says.
 */
export function runsFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const stateHome = environment['XDG_STATE_HOME'] ?? '';
  const base = isAbsolute(stateHome) ? stateHome : join(environment['HOME'] || homedir(), '.local', 'state');
  return join(base, 'nodemend', 'runs');
}
