import type { ActionContext, ActionStep, StepResult } from '../action.ts';
import type { LogSpaceAction } from './log-space-action.ts';
import { actionKey } from '../node-state/action-key.ts';
import { writeRecord } from '../node-state/record.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import { runNodeScript } from '../node-state/run-node-script.ts';
import { returnName, temporaryName } from './freed-names.ts';
import freeScript from './free.sh?raw';
import keepScript from './keep.sh?raw';
import { rejected } from '../node-state/refusal.ts';
import { logSpaceRefusal } from './log-space-refusal.ts';
import lookScript from './look.sh?raw';
import place from './place.sh?raw';
import undoScript from './undo.sh?raw';

/**
 * gzip takes some 10 s for 1 GiB; a node whose disk is full is slower, and a larger log is not copied (see the
 * problem's plan).
 */
const copyTimeoutMs = 15 * 60_000;

/** The steps of one attempt: `keep`, `free`, `verify`. A log that is already gone is left at that. */
export function applySteps(spec: LogSpaceAction): readonly ActionStep[] {
  let isGone = false;
  const unlessGone =
    (perform: ActionStep['perform']): ActionStep['perform'] =>
    async (context) =>
      isGone ? { outcome: 'already', detail: 'nothing to do' } : perform(context);
  const noted =
    (perform: (context: ActionContext) => Promise<Outcome>): ActionStep['perform'] =>
    async (context) => {
      const { gone, result } = await perform(context);
      isGone ||= gone;
      return result;
    };
  return [
    { name: 'keep', perform: noted((context) => keep(spec, context)) },
    { name: 'free', commits: true, perform: unlessGone(noted((context) => free(spec, context))) },
    { name: 'verify', perform: unlessGone((context) => verify(spec, context)) },
  ];
}

export function verifySteps(spec: LogSpaceAction): readonly ActionStep[] {
  return [{ name: 'verify', perform: (context) => verify(spec, context) }];
}

export function undoSteps(spec: LogSpaceAction): readonly ActionStep[] {
  return [{ name: 'undo', perform: (context) => undo(spec, context) }];
}

/** Asks the node how far the run got, and how the log is now. */
export function look(spec: LogSpaceAction, context: ActionContext): Promise<Reply> {
  const { was, path } = spec;
  const args = [context.run, actionKey(spec.id, path), path, howOf(spec), was.device, was.inode, String(was.size)];
  return runNodeScript(context.connection, { script: `${place}\n${lookScript}`, args });
}

interface Outcome {
  readonly gone: boolean;
  readonly result: StepResult;
}

async function keep(spec: LogSpaceAction, context: ActionContext): Promise<Outcome> {
  const { was, path } = spec;
  const record = writeRecord(context.run, context.record, spec);
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${keepScript}`,
    args: [
      ...head(spec, context),
      howOf(spec),
      spec.keep,
      was.device,
      was.inode,
      String(was.size),
      String(was.modified),
      String(spec.reserve),
      String(record.length),
    ],
    input: record,
    timeoutMs: copyTimeoutMs,
  });
  const kept = Number(valueOf(reply, 'kept'));
  const done = kept > 0 ? `kept ${was.size} bytes of ${path} as ${kept}` : `nothing is kept of ${path}`;
  return outcome(spec, context, { reply, done, already: 'freed before' });
}

async function free(spec: LogSpaceAction, context: ActionContext): Promise<Outcome> {
  const { was } = spec;
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${freeScript}`,
    args: [
      ...head(spec, context),
      howOf(spec),
      was.device,
      was.inode,
      String(was.size),
      String(was.modified),
      String(spec.reserve),
    ],
    timeoutMs: copyTimeoutMs,
  });
  return outcome(spec, context, {
    reply,
    done: `${freedWords(spec, reply)}${writerWords(reply)}`,
    already: 'freed before',
  });
}

function freedWords({ path, log }: LogSpaceAction, reply: Reply): string {
  const deed = log === 'live' ? `emptied ${path}` : `removed ${path}`;
  const freed = valueOf(reply, 'freed');
  return freed === '' ? deed : `${deed}: ${freed} bytes more are free`;
}

/**
 * docker's and containerd's log writers append, so they go on at the start of an emptied file; one that does not leaves
 * a hole.
 */
function writerWords(reply: Reply): string {
  const writers = reply.entries.flatMap((entry) => (entry.name === 'writer' && 'value' in entry ? [entry.value] : []));
  return writers.map((writer) => `; ${sentence(writer)}`).join('');
}

function sentence(writer: string): string {
  const [how = '', ...program] = writer.split(' ');
  return how === 'appends'
    ? `${program.join(' ')} goes on writing it`
    : `${program.join(' ')} does not append, its next line leaves a hole in the file`;
}

interface Answer {
  readonly reply: Reply;
  readonly done: string;
  readonly already: string;
}

function outcome(spec: LogSpaceAction, context: ActionContext, { reply, done, already }: Answer): Outcome {
  switch (reply.outcome) {
    case 'refused':
      return { gone: false, result: logSpaceRefusal(spec, reply, context, false) };
    case 'gone':
      return {
        gone: true,
        result: {
          outcome: 'already',
          detail: `${spec.path} is no longer the file of the plan: it was rotated or removed since`,
        },
      };
    case 'already':
      return { gone: false, result: { outcome: 'already', detail: already } };
    default:
      return { gone: false, result: { outcome: 'done', detail: done } };
  }
}

async function verify(spec: LogSpaceAction, context: ActionContext): Promise<StepResult> {
  const reply = await look(spec, context);
  if (reply.outcome === 'refused') return logSpaceRefusal(spec, reply, context, false);
  const log = { node: context.connection.node, path: spec.path };
  if (spec.log !== 'live') {
    const isThere = valueOf(reply, 'freed-since') !== 'yes';
    return isThere
      ? rejected('LOG_ROOM_TAKEN', { ...log, context: 'there' })
      : { outcome: 'done', detail: `${spec.path} is gone` };
  }
  const size = valueOf(reply, 'size');
  if (size === '') return { outcome: 'done', detail: `${spec.path} was rotated since` };
  const allocated = Number(valueOf(reply, 'allocated'));
  // A hole: the writer did not append and goes on where it was. Its room is free anyway.
  if (allocated < spec.was.allocated || allocated < Number(size))
    return { outcome: 'done', detail: `${spec.path}: ${allocated} bytes on the disk${writerWords(reply)}` };
  return rejected('LOG_ROOM_TAKEN', { ...log, bytes: allocated });
}

async function undo(spec: LogSpaceAction, context: ActionContext): Promise<StepResult> {
  const { was, path, log } = spec;
  const name = returnName(path, log, context.run);
  const reply = await runNodeScript(context.connection, {
    script: `${place}\n${undoScript}`,
    args: [
      ...head(spec, context),
      howOf(spec),
      was.device,
      was.inode,
      String(was.size),
      name,
      temporaryName(path, context.run),
      String(spec.reserve),
    ],
    timeoutMs: copyTimeoutMs,
  });
  if (reply.outcome === 'refused') return logSpaceRefusal(spec, reply, context, true);
  return reply.outcome === 'already'
    ? { outcome: 'already', detail: 'nothing of the run was in force' }
    : { outcome: 'done', detail: `restored ${path.slice(0, path.lastIndexOf('/'))}/${name}` };
}

/** A file that somebody writes is emptied, because its writer would keep a removed one, and its blocks, open. */
function howOf({ log }: LogSpaceAction): 'remove' | 'truncate' {
  return log === 'live' ? 'truncate' : 'remove';
}

function head(spec: LogSpaceAction, context: ActionContext): readonly string[] {
  return [context.run, context.session, actionKey(spec.id, spec.path), spec.path];
}
