import type { ActionContext, Redact, StepResult } from '../action.ts';
import type { FileIdentity, PriorFileState, StoredFileAction } from './file-action.ts';
import { commonRefusal, refused } from '../node-state/refusal.ts';
import { textOf, valueOf, type Reply } from '../node-state/reply.ts';
import { fileDiff } from './file-diff.ts';
import { parseStateLine } from './file-state.ts';

type Refused = Extract<StepResult, { outcome: 'refused' }>;

/** What is said of a file that was left alone. */
type FileOfAction = Pick<StoredFileAction, 'path' | 'problem' | 'from' | 'to'>;

/** Why a script left a file alone. `undoing` decides between "changed since the plan" and "changed since the run". */
export function fileRefusal(spec: FileOfAction, reply: Reply, context: ActionContext, undoing: boolean): Refused {
  const { node } = context.connection;
  const { path, problem } = spec;
  const words = valueOf(reply, 'words');
  switch (valueOf(reply, 'reason')) {
    case 'not-a-file':
      return refused('FILE_NOT_REPLACEABLE', { node, path, what: words });
    case 'immutable':
      return refused('FILE_NOT_REPLACEABLE', { node, path, what: words, context: 'immutable' });
    case 'no-folder':
      return refused('FOLDER_MISSING', { node, folder: words });
    case 'unsafe-folder':
      return refused('FOLDER_UNSAFE', { node, folder: words });
    case 'run-undone':
      return refused('RUN_UNDONE_ON_NODE', { node, run: context.run });
    case 'changed':
      return undoing
        ? refused('FILE_CHANGED_SINCE_RUN', { node, path, run: context.run }, undoDiff(spec, reply, context.redact))
        : refused('FILE_CHANGED_SINCE_PLAN', { node, path, problem }, applyDiff(spec, reply, context.redact));
    default:
      return commonRefusal(node, reply) ?? refused('FILE_NOT_REPLACEABLE', { node, path, what: words });
  }
}

function applyDiff(spec: FileOfAction, reply: Reply, redact: Redact): string {
  return fileDiff(
    spec.path,
    { label: 'when planned', state: spec.from },
    { label: 'now', state: stateNow(reply) },
    redact,
  );
}

function undoDiff(spec: FileOfAction, reply: Reply, redact: Redact): string {
  const wrote = withContent(spec.to, textOf(reply, 'expected'));
  return fileDiff(
    spec.path,
    { label: 'as the run wrote it', state: wrote },
    { label: 'now', state: stateNow(reply) },
    redact,
  );
}

function stateNow(reply: Reply): PriorFileState | 'absent' {
  return withContent(parseStateLine(valueOf(reply, 'state')) ?? 'absent', textOf(reply, 'current'));
}

function withContent(state: FileIdentity | 'absent', content: string | undefined): PriorFileState | 'absent' {
  return state === 'absent' || content === undefined ? state : { ...state, content };
}
