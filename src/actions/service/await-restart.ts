import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { ActionContext } from '../action.ts';
import { runUnitScript } from './run-unit-script.ts';
import stateScript from './state.sh?raw';
import { restartProgress, unitState, unitWords, type UnitState } from './unit-state.ts';

/** From the request until the unit is up; dockerd with hundreds of containers takes minutes to stop and start. */
const upWithinMs = 300_000;

/** How long one and the same process has to run: a kubelet with a broken configuration dies within two seconds. */
const stableMs = 6_000;

const pauseMs = 500;

export interface AwaitedRestart {
  readonly unit: string;
  /** The activation that the restart ends. */
  readonly before: string;
}

export interface RestartOutcome {
  readonly up: boolean;
  readonly words: string;
}

/**
 * Waits until the unit runs in a new process and stays so. It asks again and again rather than waiting on the node:
 * what is restarted may be what carries our own connection, so one that breaks meanwhile is not an answer.
 */
export async function awaitRestart(
  { connection, timing }: ActionContext,
  restart: AwaitedRestart,
): Promise<RestartOutcome> {
  const began = timing.monotonicMs();
  let watched: Watched = {};
  for (;;) {
    const waited = timing.monotonicMs() - began;
    const seen = await ask(connection, restart.unit, waited < upWithinMs);
    const next = seen ? lookAgain(watched, seen, { before: restart.before, at: timing.monotonicMs() }) : watched;
    if ('words' in next) return next;
    watched = next;
    if (!watched.up && waited >= upWithinMs)
      return down(
        `not up after ${Math.round(waited / 1000)} seconds: ${watched.last ? unitWords(watched.last) : 'unknown'}`,
      );
    // Ctrl-C does not end it: the restart has been asked for.
    await timing.sleep(pauseMs, new AbortController().signal);
  }
}

/** What was seen of the restart so far. */
interface Watched {
  readonly last?: UnitState;
  /** The new process, and since when it has been seen to run. */
  readonly up?: { readonly activation: string; readonly since: number };
}

interface Look {
  readonly before: string;
  readonly at: number;
}

/** One more look at the unit: an outcome, or what is remembered until the next one. */
function lookAgain({ up }: Watched, seen: UnitState, { before, at }: Look): Watched | RestartOutcome {
  const progress = restartProgress(seen, before);
  if (progress.state === 'failed') return down(unitWords(seen));
  if (progress.state === 'waiting') return up ? down(`it did not stay up: ${unitWords(seen)}`) : { last: seen };
  if (up && up.activation !== progress.activation) return down('it was started anew again and again');
  const since = up?.since ?? at;
  if (at - since >= stableMs) return { up: true, words: unitWords(seen) };
  return { last: seen, up: { activation: progress.activation, since } };
}

function down(words: string): RestartOutcome {
  return { up: false, words };
}

/** Undefined when the node did not answer this time and there is still time to ask again. */
async function ask(connection: NodeConnection, name: string, mayFail: boolean): Promise<UnitState | undefined> {
  try {
    return unitState(await runUnitScript(connection, { script: stateScript, args: [name], timeoutMs: 20_000 }));
  } catch (error) {
    if (mayFail && isNodemendError(error)) return undefined;
    throw error;
  }
}
