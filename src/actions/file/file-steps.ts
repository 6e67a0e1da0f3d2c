import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import type { FileAction, StoredFileAction } from './file-action.ts';
import { writeRecord } from '../node-state/record.ts';
import type { Reply } from '../node-state/reply.ts';
import { runNodeScript } from '../node-state/run-node-script.ts';
import attributes from './attributes.sh?raw';
import commitScript from './commit.sh?raw';
import { storedFile } from './file-contents.ts';
import { fileRefusal } from './file-refusal.ts';
import exchange from './exchange.sh?raw';
import foldersScript from './folders.sh?raw';
import { placeArgs } from './place-args.ts';
import place from './place.sh?raw';
import { runChecks } from '../run-checks.ts';
import stageScript from './stage.sh?raw';
import { stagedPath } from './staged-name.ts';
import undoScript from './undo.sh?raw';

/**
 * The steps of one attempt: `stage`, `validate`, `commit`, `verify`. A file that is already as wanted is only verified.
 * The sequence and its reasons: temp name in the same folder, checksum, owner and mode, fsync, rename, fsync of the
 * folder, label.
 */
export function applySteps(spec: FileAction): readonly ActionStep[] {
  let already = false;
  const unlessAlready =
    (perform: ActionStep['perform']): ActionStep['perform'] =>
    async (context) =>
      already ? { outcome: 'already', detail: 'nothing to do' } : perform(context);
  return [
    {
      name: 'stage',
      perform: async (context) => {
        const result = await stage(spec, context);
        already = result.outcome === 'already';
        return result;
      },
    },
    { name: 'validate', perform: unlessAlready((context) => validate(spec, context)) },
    { name: 'commit', commits: true, perform: unlessAlready((context) => commit(spec, context)) },
    ...verifySteps(spec),
  ];
}

export function verifySteps(spec: StoredFileAction): readonly ActionStep[] {
  return [{ name: 'verify', perform: (context) => runChecks(context, { checks: spec.verify, leading: [] }) }];
}

export function undoSteps(spec: StoredFileAction): readonly ActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

async function stage(spec: FileAction, context: ActionContext): Promise<StepResult> {
  const { to } = spec;
  const record = writeRecord(context.run, context.record, storedFile.of(spec));
  const content = to === 'absent' ? Buffer.alloc(0) : Buffer.from(to.content, 'utf8');
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${attributes}\n${foldersScript}\n${exchange}\n${stageScript}`,
    args: [...placeArgs(spec, context), String(record.length), String(content.length)],
    input: Buffer.concat([record, content]),
  });
  return result(reply, spec, context, {
    done: [`staged ${content.length} bytes`, ...notes(reply)].join('; '),
    already: 'the file is already as wanted',
  });
}

function validate(spec: FileAction, context: ActionContext): Promise<StepResult> {
  // A removal has no staged file: the checks get an empty first argument and judge what stays.
  const staged = spec.to === 'absent' ? '' : stagedPath(spec.path, context.run);
  return runChecks(context, { checks: spec.validate, leading: [staged, spec.path], signal: context.signal });
}

async function commit(spec: FileAction, context: ActionContext): Promise<StepResult> {
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${attributes}\n${exchange}\n${commitScript}`,
    args: placeArgs(spec, context),
  });
  const done = `${doneWord(spec)} ${spec.path}`;
  return result(reply, spec, context, { done, already: 'it had been put into place' });
}

function doneWord({ from, to }: FileAction): string {
  if (to === 'absent') return 'removed';
  return from === 'absent' ? 'created' : 'replaced';
}

async function undo(spec: StoredFileAction, context: ActionContext): Promise<StepResult> {
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${attributes}\n${foldersScript}\n${exchange}\n${undoScript}`,
    args: placeArgs(spec, context),
  });
  if (reply.outcome === 'refused') return fileRefusal(spec, reply, context, true);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'nothing of the run was in force' }
    : { outcome: 'done', detail: spec.from === 'absent' ? `removed ${spec.path}` : `restored ${spec.path}` };
}

/** What the script could not see, and went on without. */
function notes({ entries }: Reply): readonly string[] {
  return entries.flatMap((entry) => (entry.name === 'note' && 'value' in entry ? [entry.value] : []));
}

interface Details {
  readonly done: string;
  readonly already: string;
}

function result(reply: Reply, spec: StoredFileAction, context: ActionContext, details: Details): StepResult {
  if (reply.outcome === 'refused') return fileRefusal(spec, reply, context, false);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: details.already }
    : { outcome: 'done', detail: details.done };
}
