import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { TextParams } from '../../locales/translator.ts';
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

export type RestartOutcome =
  | { readonly up: true; readonly state: string }
  /** In the parameters of UNIT_NOT_UP. */
  | { readonly up: false; readonly why: TextParams };

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
    if (isOutcome(next)) return next;
    watched = next;
    if (!watched.up && waited >= upWithinMs)
      return down(watched.last, { context: 'slow', seconds: Math.round(waited / 1000) });
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
  if (progress.state === 'failed') return down(seen, {});
  if (progress.state === 'waiting') return up ? down(seen, { context: 'fell' }) : { last: seen };
  if (up && up.activation !== progress.activation) return down(seen, { context: 'again' });
  const since = up?.since ?? at;
  if (at - since >= stableMs) return { up: true, state: unitWords(seen) };
  return { last: seen, up: { activation: progress.activation, since } };
}

function isOutcome(seen: Watched | RestartOutcome): seen is RestartOutcome {
  return 'up' in seen && typeof seen.up === 'boolean';
}

function down(seen: UnitState | undefined, how: TextParams): RestartOutcome {
  return { up: false, why: { ...how, state: seen ? unitWords(seen) : '?' } };
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
