import type { ErrorCode } from '../../errors/catalogue.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { ActionContext } from '../action.ts';
import { observedBoot, lookAtBoot, place, runBootScript, type ObservedBoot } from './observed-boot.ts';
import type { RebootAction } from './reboot-action.ts';
import requestScript from './request.sh?raw';

/**
 * Before the node is asked for the first time: the command is given a second after the request, and by a session that is
 * still there.
 */
const firstMs = 2_000;
const pauseMs = 500;

export interface AwaitedBoot {
  readonly connection: NodeConnection;
  readonly seen: ObservedBoot;
}

/**
 * Waits until the node answers from another boot than the one it was told to leave, or says that the command refused. A
 * node on its way down or up answers in every way there is, or logs nobody in; only another host key, or a node that was
 * deleted from the cluster, ends the waiting. Ctrl-C does not: the reboot was asked for.
 *
 * @throws NodemendError REBOOT_TIMED_OUT, SSH_HOST_KEY_…, PLAN_STALE
 */
export async function awaitBoot(
  spec: RebootAction,
  context: ActionContext,
  boot: 'before' | 'beforeUndo',
): Promise<AwaitedBoot> {
  const { timing } = context;
  const never = new AbortController().signal;
  const deadline = timing.monotonicMs() + spec.withinSeconds * 1000;
  let connection: NodeConnection | undefined = context.connection;
  let words = '';
  await timing.sleep(firstMs, never);
  for (;;) {
    try {
      connection ??= await context.reconnect();
      const seen = observedBoot(await lookAtBoot(connection, spec, context));
      if (isOver(seen, boot)) return { connection, seen };
      // A request that never arrived, as the node says itself.
      if (seen.phase === 'staged')
        await runBootScript(connection, { script: requestScript, args: place(spec, context) });
      words = `it still answers from its old boot ${seen.bootId}`;
    } catch (error) {
      if (!isNodemendError(error) || endsWaiting(error.code)) throw error;
      connection = undefined;
      words = error.message;
    }
    if (timing.monotonicMs() >= deadline) throw timedOut(spec, context, words);
    await timing.sleep(pauseMs, never);
  }
}

function endsWaiting(code: ErrorCode): boolean {
  return code.startsWith('SSH_HOST_KEY_') || code === 'PLAN_STALE';
}

/** Whether nothing is to be waited for any more: it is in another boot, need not go, or does not go. */
function isOver({ bootId, phase, notRebooted, ...seen }: ObservedBoot, boot: 'before' | 'beforeUndo'): boolean {
  const isSettled = boot === 'before' && (phase === 'committed' || phase === 'kept');
  return bootId !== seen[boot] || isSettled || notRebooted !== '';
}

function timedOut({ node, withinSeconds }: RebootAction, { run }: ActionContext, words: string): NodemendError {
  return new NodemendError('REBOOT_TIMED_OUT', { node, run, seconds: withinSeconds, words: words.replace(/\.$/u, '') });
}
