import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../build/options.ts';

/** Machines that people have and that are less than this one; `on-lesser-machine.sh` says what each is. */
export type LesserMachine = 'container' | 'user' | 'no-apt';

/** Runs a command of this checkout as on such a machine, without a terminal. Needs root. */
export function onLesserMachine(
  machine: LesserMachine,
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): SpawnSyncReturns<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-lesser-'));
  chmodSync(folder, 0o755);
  try {
    return spawnSync('sh', [join(import.meta.dirname, 'on-lesser-machine.sh'), machine, root, folder, ...command], {
      encoding: 'utf8',
      input: '',
      env: environment,
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
