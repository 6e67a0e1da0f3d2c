import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DaemonCommand } from '../../lab/lab-up.ts';

/** First argument that makes the one-file nodemend become the daemon of a practice cluster. */
export const labDaemonWord = '__lab-daemon';

/** The daemon beside the bundle's main file; in the one-file nodemend, the file itself. */
export function labDaemonCommand(): DaemonCommand {
  const beside = join(dirname(process.argv[1] ?? ''), 'lab-daemon.js');
  return existsSync(beside) ? { program: process.execPath, args: [beside] } : { program: process.execPath, args: [labDaemonWord] };
}
