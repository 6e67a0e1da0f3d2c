import { setTimeout as sleep } from 'node:timers/promises';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { Limiter } from '../limiter.ts';
import type { ExecRequest, ExecResult } from '../transport.ts';
import type { NodeProcess, Purpose, ScriptPlace } from './node-process.ts';
import { runScript } from './run-script.ts';

/** sshd allows 10 sessions on a connection (MaxSessions): 8 for scripts, the rest for ending those that hang. */
const sessionsFor: Readonly<Record<Purpose, number>> = { script: 8, ending: 2 };

/** So many refusals in a row while no session of ours is open, and it is no longer a matter of time. */
const mostRefusals = 6;
const firstPauseMs = 50;
const longestPauseMs = 1600;

interface SessionPlace extends Omit<ScriptPlace, 'start'> {
  readonly start: (command: string, purpose: Purpose) => Promise<NodeProcess>;
}

/** The scripts that run on one SSH connection, no more at once than sshd allows. */
export class Sessions {
  readonly #place: SessionPlace;
  readonly #limiters: Readonly<Record<Purpose, Limiter>>;
  /** Sessions that were asked for and are not known to be over. */
  #open = 0;
  #opened = false;

  constructor(place: SessionPlace) {
    this.#place = place;
    this.#limiters = { script: new Limiter(sessionsFor.script), ending: new Limiter(sessionsFor.ending) };
  }

  /** Waiting for a session is not part of the script's time. */
  async exec(request: ExecRequest): Promise<ExecResult> {
    const turn = await this.#limiters.script.enter();
    const starting: Promise<NodeProcess>[] = [];
    const start = async (command: string, purpose: Purpose): Promise<NodeProcess> => {
      if (purpose === 'ending') return this.#startEnding(command);
      const process = this.#start(command, purpose);
      starting.push(process);
      return process;
    };
    try {
      return await this.#whenSessionIsFree(() => runScript({ ...this.#place, start }, request), request.signal);
    } finally {
      // The result is known before sshd has closed the session, and until then the session counts.
      void closed(starting).then(turn);
    }
  }

  async #startEnding(command: string): Promise<NodeProcess> {
    const turn = await this.#limiters.ending.enter();
    const starting = this.#whenSessionIsFree(() => this.#start(command, 'ending'));
    void closed([starting]).then(turn);
    return starting;
  }

  async #start(command: string, purpose: Purpose): Promise<NodeProcess> {
    this.#open++;
    const over = (): void => {
      this.#open--;
    };
    try {
      const process = await this.#place.start(command, purpose);
      void process.ended.then(over);
      return process;
    } catch (error) {
      over();
      throw error;
    }
  }

  /**
   * Tries again when sshd opens no further session on a connection that has had one: it counts a session until it has
   * reaped the processes, a moment after it told us their end (session.c, session_close_by_channel), and a hardened
   * node may allow fewer than we use (CIS: MaxSessions 10 or less). A refused session ran nothing, so that trying again
   * repeats nothing.
   */
  async #whenSessionIsFree<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let refusals = 0;
    for (let count = 0; ; count++) {
      try {
        const result = await attempt();
        this.#opened = true;
        return result;
      } catch (error) {
        // While others of ours hold sessions, it is their end that we wait for, however long they take.
        const alone = this.#open === 0;
        if (alone) refusals++;
        const pointless = refusals === mostRefusals || (alone && !this.#opened);
        if (!isRefusal(error) || pointless || signal?.aborted) throw error;
        const pause = Math.min(firstPauseMs * 2 ** count, longestPauseMs);
        await sleep(pause * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function isRefusal(error: unknown): boolean {
  return isNodemendError(error) && error.code === 'SSH_SESSION_REFUSED';
}

async function closed(starting: readonly Promise<NodeProcess>[]): Promise<void> {
  for (const process of await Promise.allSettled(starting)) {
    if (process.status === 'fulfilled') await process.value.ended;
  }
}
