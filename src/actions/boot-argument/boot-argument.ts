import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ActionContext, ActionKind, ActionState, Redact } from '../action.ts';
import { contentsOfFile } from '../file/file-contents.ts';
import { fileDiff } from '../file/file-diff.ts';
import { stateLine } from '../file/file-state.ts';
import { valueOf } from '../node-state/reply.ts';
import type { BootArgumentAction, StoredBootArgumentAction } from './boot-argument-action.ts';
import { bootArgumentRefusal } from './boot-argument-refusal.ts';
import { bootArgumentActionSchema } from './boot-argument-schema.ts';
import { bootArgumentState } from './boot-argument-state.ts';
import { applySteps, look, undoSteps, verifySteps } from './boot-argument-steps.ts';
import { storedBootArgument } from './boot-argument-stored.ts';
import en from './text.en.json' with { type: 'json' };
import ko from './text.ko.json' with { type: 'json' };

/**
 * Has GRUB give the kernel an argument from the next boot on: the defaults are edited, what is booted is made from them
 * in the distribution's own way, and every entry is read back. Nothing is rebooted.
 */
export const bootArgumentKind: ActionKind<BootArgumentAction, StoredBootArgumentAction> = {
  kind: 'boot-argument',
  on: 'node',
  schema: bootArgumentActionSchema,
  stored: storedBootArgument,
  contents: contentsOfFile(),
  preview,
  apply: applySteps,
  verify: verifySteps,
  undo: undoSteps,
  inspect,
  subject: ({ path }) => path,
  checks: () => [],
  // One boot configuration: two actions would undo each other's preconditions.
  conflictKeys: ({ path }) => [`path:${path}`, 'boot-configuration'],
  carriedOut: ({ to, makesFolder, generator, config, inEntries }) => [
    to.sha256,
    makesFolder ?? false,
    generator,
    config.path,
    inEntries.after,
  ],
  units: () => [],
  steps: { recording: ['stage'], committing: ['generate'] },
  texts: { en, ko },
  words: ({ from }) => ({ change: from === 'absent' ? 'create' : 'change', undo: 'change' }),
  undoneLast: false,
};

/** The file as it becomes, and what is made from it. */
function preview({ path, from, to, generator, config, inEntries }: BootArgumentAction, redact: Redact): string {
  const file = fileDiff(path, { label: 'now', state: from }, { label: 'wanted', state: to }, redact);
  const { before, after } = inEntries;
  const entries = [
    `--- ${config.path}\tevery entry, by ${generator}`,
    `+++ ${config.path}`,
    ...(before === undefined || before === after ? [] : [`-${before}`]),
    `+${after}`,
  ];
  return [...(file === '' ? [] : [file]), ...entries].join('\n');
}

/** @throws NodemendError also for a refusal: how far a run got cannot be said then. */
async function inspect(spec: StoredBootArgumentAction, context: ActionContext): Promise<ActionState> {
  const reply = await look(spec, context);
  if (reply.outcome === 'refused') {
    const { code, params } = bootArgumentRefusal(spec, reply, context, true);
    throw new NodemendError(code, params);
  }
  return bootArgumentState({
    phase: valueOf(reply, 'phase'),
    now: valueOf(reply, 'state'),
    from: stateLine(spec.from),
    to: stateLine(spec.to),
  });
}
