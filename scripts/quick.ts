/**
 * The guided first run behind `npm run quick`: every command is typed as a user would, and the lab is always taken
 * down.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { chosenLab } from '../lab/lab-folder.ts';
import { languageFromEnvironment } from '../src/locales/language.ts';
import { root } from './build/options.ts';
import { closing, labName, lastStop, tour, type Stop } from './quick/tour.ts';

const language = languageFromEnvironment(process.env);
const began = performance.now();
let interrupted = false;
// The command that runs gets the signal as well and ends; what is left to do then is to clean up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (interrupted = true));

const [up, ...others] = tour;
// What `lab up` could not finish it has taken down itself.
const started = up !== undefined && !(await visit(up));
const failed = !started || (await follow(others));
const left = started && (await visit(lastStop));
process.exitCode = interrupted ? 130 : failed || left ? 1 : 0;
if (process.exitCode === 0) {
  console.log(`\n${closing[language]}`);
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** Visits the stops in order; true when one did not go as planned. */
async function follow(stops: readonly Stop[]): Promise<boolean> {
  for (const stop of stops) {
    if (interrupted || (await visit(stop))) return !interrupted;
  }
  return false;
}

/** Says what the stop is for, types its command, and runs it. True when its exit code is not one that was expected. */
async function visit(stop: Stop): Promise<boolean> {
  console.log(`\n# ${stop.says[language]}\n$ nodemend ${stop.command}`);
  const exitCode = await run(stop);
  if (stop.expects.includes(exitCode) || interrupted) return false;
  console.error(`\nquick: exit code ${exitCode} was not expected here\n  next: nodemend ${stop.command}`);
  return true;
}

function run(stop: Stop): Promise<number> {
  const { folder } = chosenLab({ name: labName });
  const environment = {
    ...process.env,
    NODEMEND_CONFIG: folder.configuration,
    ...(isAboutLab(stop) ? {} : { XDG_STATE_HOME: join(folder.path, 'state') }),
  };
  return new Promise((resolve) => {
    // In a group of its own the clean-up does not hear a second Ctrl-C.
    const detached = stop === lastStop;
    const child = spawn(join(root, 'bin/nodemend'), stop.command.split(' '), {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached,
    });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** The tour's runs are not the user's: their journal is kept with the practice cluster and goes with it. */
function isAboutLab({ command }: Stop): boolean {
  return command.startsWith('lab ');
}
