/**
 * The guided first run behind `npm run quick`: every command is typed as a user would, and the lab is always taken
 * down. Where no lab can be started the tour is of a recorded cluster; that is looked at first.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosenLab } from '../lab/lab-folder.ts';
import { checkMachine, thisMachine } from '../lab/preflight.ts';
import { isNodemendError, type NodemendError } from '../src/errors/nodemend-error.ts';
import { errorText } from '../src/errors/text.ts';
import { languageFromEnvironment } from '../src/locales/language.ts';
import { recordedClosing, recordedOpening, recordedTour } from './quick/recorded-tour.ts';
import { runStop } from './quick/run-stop.ts';
import { closing, labName, lastStop, tour, type Stop } from './quick/tour.ts';

const language = languageFromEnvironment(process.env);
const began = performance.now();
let interrupted = false;
// The command that runs gets the signal as well and ends; what is left to do then is to clean up.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => (interrupted = true));

const obstacle = await whyNoLab();
const failed = obstacle === undefined ? await practice() : await recorded(obstacle);
process.exitCode = interrupted ? 130 : failed ? 1 : 0;
if (process.exitCode === 0) {
  console.log(`\n${(obstacle === undefined ? closing : recordedClosing)[language]}`);
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`);
}

async function whyNoLab(): Promise<NodemendError | undefined> {
  try {
    return await checkMachine(thisMachine()).then(() => undefined);
  } catch (error) {
    if (isNodemendError(error)) return error;
    throw error;
  }
}

/** True when it did not go as planned. */
async function practice(): Promise<boolean> {
  const [up, ...others] = tour;
  // What `lab up` could not finish it has taken down itself.
  const started = up !== undefined && !(await visit(up, labEnvironment(up)));
  const failedOnTheWay = !started || (await follow(others, labEnvironment));
  const left = started && (await visit(lastStop, labEnvironment(lastStop)));
  return failedOnTheWay || left;
}

/** True when it did not go as planned. Its home folder is an empty one: the user's clusters are not part of a tour. */
async function recorded({ code, params }: NodemendError): Promise<boolean> {
  console.log(`\n${recordedOpening[language]}\n${errorText(language, code, params).cause}`);
  const home = mkdtempSync(join(tmpdir(), 'nodemend-quick-'));
  try {
    const { KUBECONFIG: _kubeconfig, NODEMEND_CONFIG: _configuration, ...others } = process.env;
    const environment = { ...others, HOME: home, XDG_CONFIG_HOME: home, XDG_STATE_HOME: home };
    return await follow(recordedTour, () => environment);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Visits the stops in order; true when one did not go as planned. */
async function follow(stops: readonly Stop[], surroundings: (stop: Stop) => NodeJS.ProcessEnv): Promise<boolean> {
  for (const stop of stops) {
    if (interrupted || (await visit(stop, surroundings(stop)))) return !interrupted;
  }
  return false;
}

/** True when its exit code is not one that was expected. */
async function visit(stop: Stop, environment: NodeJS.ProcessEnv): Promise<boolean> {
  // The clean-up does not hear a second Ctrl-C.
  const exitCode = await runStop(stop, { language, environment, detached: stop === lastStop });
  if (stop.expects.includes(exitCode) || interrupted) return false;
  console.error(`\nquick: exit code ${exitCode} was not expected here\n  next: nodemend ${stop.command}`);
  return true;
}

/** The tour's runs are not the user's: their journal is kept with the practice cluster and goes with it. */
function labEnvironment({ command }: Stop): NodeJS.ProcessEnv {
  const { folder } = chosenLab({ name: labName });
  const isAboutLab = command.startsWith('lab ');
  return {
    ...process.env,
    NODEMEND_CONFIG: folder.configuration,
    ...(isAboutLab ? {} : { XDG_STATE_HOME: join(folder.path, 'state') }),
  };
}
