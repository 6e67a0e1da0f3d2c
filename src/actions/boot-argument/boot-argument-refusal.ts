import type { EntryByHand } from '../../grub/argument-edit.ts';
import type { Refused } from '../../grub/refusal.ts';
import type { ActionContext, StepResult } from '../action.ts';
import { fileRefusal } from '../file/file-refusal.ts';
import { refused } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import type { StoredBootArgumentAction } from './boot-argument-action.ts';

type StepRefused = Extract<StepResult, { outcome: 'refused' }>;

/** Why a script left a node's boot configuration alone. */
export function bootArgumentRefusal(
  spec: StoredBootArgumentAction,
  reply: Reply,
  context: ActionContext,
  undoing: boolean,
): StepRefused {
  const { node } = context.connection;
  const { problem, config } = spec;
  switch (valueOf(reply, 'reason')) {
    case 'sources-changed':
      return refused('FILE_CHANGED_SINCE_PLAN', { node, path: '/etc/default/grub(.d)', problem });
    case 'config-changed':
      return refused('FILE_CHANGED_SINCE_PLAN', { node, path: config.path, problem });
    default:
      return fileRefusal(spec, reply, context, undoing);
  }
}

/** What the argument would have to be taken out of is no longer understood. */
export function editRefused(
  { argument }: StoredBootArgumentAction,
  { connection: { node }, run }: ActionContext,
  why: Refused | EntryByHand,
): StepRefused {
  const place = 'file' in why ? `${why.file}${why.line === undefined ? '' : `:${why.line}`}` : why.detail;
  return refused('BOOT_ARGUMENT_LEFT', { node, run, argument, place });
}
