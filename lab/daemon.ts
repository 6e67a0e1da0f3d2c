/**
 * The lab's daemon, started by `labUp`: the last argument is the state folder. It says what it does through the channel
 * of its parent and to its log.
 */
import { flushCompileCache } from 'node:module';
import { asFailure } from './daemon/failure.ts';
import { tell } from './daemon/inbox.ts';
import { logLine } from './daemon/log.ts';
import { runDaemon } from './daemon/run-daemon.ts';
import { stateFolder } from './state-folder.ts';

// As PID 1 of its namespace it gets these only when it asks for them.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

// Folders of nodes get the modes that Debian gives them, whatever the umask of the command was.
process.umask(0o022);

try {
  await runDaemon(stateFolder(process.argv.at(-1) ?? ''));
  // `down` ends it by SIGKILL: what it compiled would be lost for the next.
  flushCompileCache();
} catch (error) {
  logLine((error as Error).stack ?? String(error));
  tell({ kind: 'failed', ...asFailure(error) });
  // The channel has to deliver it first.
  setTimeout(() => process.exit(1), 200);
}
