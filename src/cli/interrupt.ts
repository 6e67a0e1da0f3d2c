import { lifelineVariable } from '../app/schedule/lifeline.ts';

/** Exit code of a command that Ctrl-C ended (128 + SIGINT), whatever it had found by then. */
export const interruptedExit = 130;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first SIGINT, SIGTERM or SIGHUP asks the command to stop: what arrived is kept, a step on a node is finished or
 * restored, locks and the lease are given back. A second SIGINT, or a second SIGTERM, means it, and ends the process at
 * once; the journal then says how far the run came. A terminal that closes sends SIGHUP more than once, and a service
 * manager SIGTERM and SIGHUP together: that is one wish, and not two.
 */
export function interruptSignal(environment = process.env): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(new DOMException('interrupted', 'AbortError'));
  if (environment[lifelineVariable] === 'stdin') watchLifeline(interrupt);
  const heard = new Set<string>();
  for (const signal of signals) {
    process.on(signal, () => {
      if (heard.has(signal) && signal !== 'SIGHUP') process.exit(interruptedExit);
      heard.add(signal);
      interrupt();
    });
  }
  return controller.signal;
}

/** The process that started this one holds the other end: it ends with it, however that came about. */
function watchLifeline(interrupt: () => void): void {
  for (const event of ['end', 'close', 'error'] as const) process.stdin.once(event, interrupt);
  process.stdin.resume();
}
