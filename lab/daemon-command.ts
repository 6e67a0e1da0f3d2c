import { join } from 'node:path';
import type { DaemonCommand } from './daemon/start-daemon.ts';

/** A daemon run from a checkout's sources; half of its start would be compiling them once more. */
export function daemonFromSources(file = join(import.meta.dirname, 'daemon.ts')): DaemonCommand {
  const imports = join(import.meta.dirname, '..', 'scripts', 'own-imports.ts');
  return { program: process.execPath, args: ['--disable-warning=ExperimentalWarning', '--import', imports, file] };
}
