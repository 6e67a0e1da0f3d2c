import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../build/options.ts';
import type { Language } from '../../src/locales/language.ts';
import type { Stop } from './tour.ts';

export interface StopSurroundings {
  readonly language: Language;
  readonly environment: NodeJS.ProcessEnv;
  /** In a group of its own a command does not hear Ctrl-C. */
  readonly detached?: boolean;
}

/** Says what the stop is for, types its command and runs it. Gives its exit code; 127 when it did not start. */
export function runStop(stop: Stop, { language, environment, detached = false }: StopSurroundings): Promise<number> {
  console.log(`\n# ${stop.says[language]}\n$ nodemend ${stop.command}`);
  return new Promise((resolve) => {
    const child = spawn(join(root, 'bin/nodemend'), words(stop.command), {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached,
    });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** As a shell splits it; single quotes are all that the tours use. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|\S+/g)].map(([whole, quoted]) => quoted ?? whole);
}
