/**
 * The testbed's daemon, started by `testbedUp`: the last argument is the state folder. It says what went wrong through
 * its parent's channel.
 */
import { flushCompileCache } from 'node:module';
import { runDaemon } from './daemon/run-daemon.ts';
import { testbedFolder } from './testbed-folder.ts';

// As PID 1 of its namespace it gets these only when it asks for them.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

try {
  await runDaemon(testbedFolder(process.argv.at(-1) ?? ''));
  // `down` ends it by SIGKILL: what it compiled would be lost for the next.
  flushCompileCache();
} catch (error) {
  console.error(error);
  process.send?.({ kind: 'failed', message: (error as Error).message });
  // The channel has to deliver it first.
  setTimeout(() => process.exit(1), 200);
}
