import { join } from 'node:path';
import type { DaemonCommand } from './daemon/start-daemon.ts';

/** A daemon run from a checkout's sources. */
export function daemonFromSources(file = join(import.meta.dirname, 'daemon.ts')): DaemonCommand {
  const hooks = join(import.meta.dirname, '..', 'scripts', 'source-hooks.ts');
  return { program: process.execPath, args: ['--disable-warning=ExperimentalWarning', '--import', hooks, file] };
}
