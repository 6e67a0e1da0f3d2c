import { join } from 'node:path';
import type { DaemonCommand } from './lab-up.ts';

/** The daemon run from a checkout's sources. */
export function daemonFromSources(): DaemonCommand {
  const hooks = join(import.meta.dirname, '..', 'scripts', 'source-hooks.ts');
  return { program: process.execPath, args: ['--import', hooks, join(import.meta.dirname, 'daemon.ts')] };
}
