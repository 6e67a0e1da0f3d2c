import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { daemonFromSources } from '../../lab/daemon-command.ts';
import type { DaemonCommand } from '../../lab/lab-up.ts';

/** First argument that makes the one-file nodemend become the daemon of a practice cluster. */
const labDaemonWord = '__lab-daemon';

/** The daemon beside the bundle's main file; in the one-file nodemend, the file itself; else the sources that run. */
export function labDaemonCommand(): DaemonCommand {
  if (process.argv[1]?.endsWith('.ts')) return daemonFromSources();
  const beside = join(dirname(process.argv[1] ?? ''), 'lab-daemon.js');
  return existsSync(beside) ? { program: process.execPath, args: [beside] } : { program: process.execPath, args: [labDaemonWord] };
}
