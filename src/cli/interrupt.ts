/** Exit code of a command that Ctrl-C ended (128 + SIGINT), whatever it had found by then. */
export const interruptedExit = 130;

/**
 * The first SIGINT or SIGTERM asks the command to stop: what arrived is kept, a step on a node is finished or restored.
 * The second one means it, and ends the process at once; the journal then says how far the run came.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(interruptedExit);
    controller.abort(new DOMException('interrupted', 'AbortError'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
