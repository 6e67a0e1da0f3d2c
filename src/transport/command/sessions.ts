import { Limiter } from '../limiter.ts';
import type { ExecRequest, ExecResult } from '../transport.ts';
import type { NodeProcess, Purpose, ScriptPlace } from './node-process.ts';
import { runScript } from './run-script.ts';

/** sshd allows 10 sessions on a connection (MaxSessions): 8 for scripts, the rest for ending those that hang. */
const sessionsFor: Readonly<Record<Purpose, number>> = { script: 8, ending: 2 };

/** The scripts that run on one SSH connection, no more at once than sshd allows. */
export class Sessions {
  readonly #place: ScriptPlace;
  readonly #limiters: Readonly<Record<Purpose, Limiter>>;

  constructor(place: ScriptPlace) {
    this.#place = place;
    this.#limiters = { script: new Limiter(sessionsFor.script), ending: new Limiter(sessionsFor.ending) };
  }

  /** Waiting for a session is not part of the script's time. */
  async exec(request: ExecRequest): Promise<ExecResult> {
    const turn = await this.#limiters.script.enter();
    const starting: Promise<NodeProcess>[] = [];
    const start = async (command: string, purpose: Purpose): Promise<NodeProcess> => {
      if (purpose === 'ending') return this.#startEnding(command);
      const process = this.#place.start(command, purpose);
      starting.push(process);
      return process;
    };
    try {
      return await runScript({ ...this.#place, start }, request);
    } finally {
      // The result is known before sshd has closed the session, and until then the session counts.
      void closed(starting).then(turn);
    }
  }

  async #startEnding(command: string): Promise<NodeProcess> {
    const turn = await this.#limiters.ending.enter();
    const starting = this.#place.start(command, 'ending');
    void closed([starting]).then(turn);
    return starting;
  }
}

async function closed(starting: readonly Promise<NodeProcess>[]): Promise<void> {
  for (const process of await Promise.allSettled(starting)) {
    if (process.status === 'fulfilled') await process.value.ended;
  }
}
