import type { ActionContext, ActionKind, ActionState, Redact } from '../action.ts';
import type { FileAction, StoredFileAction } from './file-action.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };
import { actionKey } from '../node-state/action-key.ts';
import { valueOf } from '../node-state/reply.ts';
import { runNodeScript } from '../node-state/run-node-script.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { actionState } from './action-state.ts';
import { fileDiff } from './file-diff.ts';
import { fileRefusal } from './file-refusal.ts';
import { contentsOfFile, storedFile } from './file-contents.ts';
import { fileActionSchema } from './file-schema.ts';
import { stateLine } from './file-state.ts';
import { applySteps, undoSteps, verifySteps } from './file-steps.ts';
import { folders } from './place-args.ts';
import inspectScript from './inspect.sh?raw';
import place from './place.sh?raw';
import { stagedName } from './staged-name.ts';

/** Replaces, makes or removes one root-owned file: atomically, checked before and after, and undone to the byte. */
export const fileKind: ActionKind<FileAction, StoredFileAction> = {
  kind: 'file',
  on: 'node',
  schema: fileActionSchema,
  stored: storedFile,
  contents: contentsOfFile(),
  preview,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  subject: (spec) => spec.path,
  checks: ({ validate, verify }) => [...validate, ...verify],
  conflictKeys: ({ path }) => [`path:${path}`],
  carriedOut: ({ to, makesFolder, validate, verify }) => [
    to === 'absent' ? to : to.sha256,
    makesFolder ?? false,
    validate,
    verify,
  ],
  units: () => [],
  steps: { recording: ['stage'], committing: ['commit'] },
  texts: { en, ko },
  words: ({ from, to }) => {
    const word = to === 'absent' ? 'remove' : from === 'absent' ? 'create' : 'change';
    return { change: word, undo: word };
  },
  undoneLast: false,
};

/**
 * Of a plan without the prior content, all of the wanted one is shown: a plan's hash does not cover the prior content,
 * and who leaves it out must not be able to hide what is written.
 */
function preview({ path, from, to }: FileAction, redact: Redact): string {
  const wanted = { label: 'wanted', state: to };
  if (from === 'absent' || from.content !== undefined || to === 'absent')
    return fileDiff(path, { label: 'now', state: from }, wanted, redact);
  return `-sha256 ${from.sha256}\n${fileDiff(path, { label: 'not in this plan', state: 'absent' }, wanted, redact)}`;
}

/** @throws NodemendError also for a refusal (a folder that is gone): how far a run got cannot be said then. */
async function inspect(spec: StoredFileAction, context: ActionContext): Promise<ActionState> {
  const args = [
    context.run,
    actionKey(spec.id, spec.path),
    spec.path,
    stagedName(spec.path, context.run),
    folders(spec),
  ];
  const reply = await runNodeScript(context.connection, { script: `${place}\n${inspectScript}`, args });
  if (reply.outcome === 'refused') {
    const { code, params } = fileRefusal(spec, reply, context, true);
    throw new NodemendError(code, params);
  }
  return actionState({
    phase: valueOf(reply, 'phase'),
    now: valueOf(reply, 'state'),
    from: stateLine(spec.from),
    to: stateLine(spec.to),
  });
}
