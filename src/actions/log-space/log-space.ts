import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionKind, ActionState } from '../action.ts';
import type { LogSpaceAction } from './log-space-action.ts';
import { noContents, storedWhole } from '../no-contents.ts';
import { valueOf } from '../node-state/reply.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import { logSpaceRefusal } from './log-space-refusal.ts';
import { logSpaceActionSchema } from './log-space-schema.ts';
import { logSpaceState } from './log-space-state.ts';
import { applySteps, look, undoSteps, verifySteps } from './log-space-steps.ts';

/**
 * Frees the room of one log file of a container: an old one is removed, a live one emptied. A compressed copy is kept
 * on the node where there is room for it, and is what an undo gives back.
 */
export const logSpaceKind: ActionKind<LogSpaceAction, LogSpaceAction> = {
  kind: 'log-space',
  on: 'node',
  schema: logSpaceActionSchema,
  stored: storedWhole(logSpaceActionSchema),
  contents: noContents(),
  preview,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  subject: ({ path }) => path,
  checks: () => [],
  conflictKeys: ({ path }) => [`path:${path}`],
  carriedOut: ({ log, keep }) => [log, keep],
  units: () => [],
  steps: { recording: ['keep'], committing: ['free'] },
  texts: { en, ko },
  words: ({ log, keep }) => ({
    change: log === 'live' ? 'empty' : 'remove',
    undo: keep !== 'always' ? keep : log === 'live' ? 'empty' : 'log',
  }),
  undoneLast: false,
};

/** What is in the way, as `ls` and `du` would tell it. */
function preview({ was, log }: LogSpaceAction): string {
  const date = `${new Date(was.modified * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const size = `${was.size} bytes, ${was.allocated} on the disk, last written ${date}`;
  return log === 'live' ? `-${size}\n+0 bytes` : `-${size}`;
}

/** @throws NodemendError also for a refusal: how far a run got cannot be said then. */
async function inspect(spec: LogSpaceAction, context: ActionContext): Promise<ActionState> {
  const reply = await look(spec, context);
  if (reply.outcome === 'refused') {
    const { code, params } = logSpaceRefusal(spec, reply, context, true);
    throw new NodemendError(code, params);
  }
  return logSpaceState({ phase: valueOf(reply, 'phase'), freed: valueOf(reply, 'freed-since') === 'yes' });
}
