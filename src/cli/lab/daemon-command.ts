import { dirname, join } from 'node:path';
import { daemonFromSources } from '../../../lab/daemon-command.ts';
import type { DaemonCommand } from '../../../lab/daemon/start-daemon.ts';

/** The daemon of a practice cluster: beside the bundle's main file, or the sources when these are what runs. */
export function labDaemonCommand(): DaemonCommand {
  const main = process.argv[1] ?? '';
  return main.endsWith('.ts')
    ? daemonFromSources()
    : { program: process.execPath, args: [join(dirname(main), 'lab-daemon.js')] };
}
