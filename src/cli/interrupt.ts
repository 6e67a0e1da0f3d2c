/** Exit code of a command that Ctrl-C ended (128 + SIGINT), whatever it had found by then. */
export const interruptedExit = 130;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first SIGINT, SIGTERM or SIGHUP asks the command to stop: what arrived is kept, a step on a node is finished or
 * restored, locks and the lease are given back. A second SIGINT, or a second SIGTERM, means it, and ends the process at
 * once; the journal then says how far the run came. A terminal that closes sends SIGHUP more than once, and a service
 * manager SIGTERM and SIGHUP together: that is one wish, and not two.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const heard = new Set<string>();
  for (const signal of signals) {
    process.on(signal, () => {
      if (heard.has(signal) && signal !== 'SIGHUP') process.exit(interruptedExit);
      heard.add(signal);
      controller.abort(new DOMException('interrupted', 'AbortError'));
    });
  }
  return controller.signal;
}
