import { resolve } from 'node:path';

/**
 * Program and arguments that start this very nodemend, absolute: whoever starts it later has another PATH and working
 * folder. The one-file nodemend names itself in `NODEMEND_FILE`, because where it unpacks to may be cleared away.
 */
export function ownProgram(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const file = environment['NODEMEND_FILE'];
  if (file) return [file];
  return [process.execPath, ...process.execArgv, resolve(process.argv[1] ?? '')];
}
