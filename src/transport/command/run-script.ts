import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ExecRequest, ExecResult } from '../transport.ts';
import endGroup from './end-group.sh?raw';
import type { NodeProcess, ProcessEnd, Purpose, ScriptPlace } from './node-process.ts';
import { readResult } from './read-result.ts';
import { packScript, type Travel } from './remote-command.ts';
import { newRun, type Run } from './run.ts';
import { watchForStop, type Stop } from './stop.ts';

/** How long ending a script's processes may take before it is left to the node's own limit. */
const endingMs = 4000;
/** How long a script that is to be ended may take to say that it runs. */
const beginningMs = 1000;

/**
 * Runs one script on one node: the same for every transport.
 * @throws NodemendError as `NodeConnection.exec` says.
 */
export async function runScript(place: ScriptPlace, request: ExecRequest): Promise<ExecResult> {
  const run = newRun(place, request);
  const outcome = await attempt(run, 'script');
  if ('result' in outcome) return outcome.result;
  if (outcome.process) await endOnNode(run, outcome.process);
  outcome.process?.kill();
  if (outcome.stop instanceof InputFailed) throw outcome.stop.error;
  throw outcome.stop === 'timed-out'
    ? new NodemendError('COMMAND_TIMED_OUT', { node: place.node, seconds: request.timeoutMs / 1000 })
    : new NodemendError('COMMAND_INTERRUPTED', { node: place.node });
}

/** The rest of the script's input cannot be had. */
class InputFailed {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

type Attempt = { readonly result: ExecResult } | { readonly stop: Stop | InputFailed; readonly process?: NodeProcess };

async function attempt(run: Run, purpose: Purpose): Promise<Attempt> {
  const { request, place } = run;
  const travel = packScript(run.marker, request);
  if (request.signal?.aborted) return { stop: 'interrupted' };
  const stop = watchForStop(request);
  try {
    const bytes = travel.stdin.length + (travel.streamed?.length ?? 0);
    const starting = place.start(travel.command, purpose, bytes);
    const process = await Promise.race([starting, stop.happened]);
    if (typeof process === 'string') {
      // It may still start after nobody waits for it any more.
      starting.then(
        (late) => late.kill(),
        () => undefined,
      );
      return { stop: process };
    }
    const end = await Promise.race([converse(process, run, travel), stop.happened]);
    if (typeof end === 'string' || end instanceof InputFailed) return { stop: end, process };
    process.release();
    return { result: readResult(run, end) };
  } finally {
    stop.forget();
  }
}

/** Sends the script and reads until both streams have told its end, or the process is over without. */
function converse(process: NodeProcess, run: Run, travel: Travel): Promise<ProcessEnd | InputFailed> {
  const told = new Promise<ProcessEnd>((resolve) => {
    const listen = (stream: 'stdout' | 'stderr'): void => {
      process[stream].on('data', (chunk: Uint8Array) => {
        run[stream].push(chunk);
        if (run.stdout.start) run.begun.resolve();
        if (run.stdout.end && run.stderr.end) resolve({ code: run.stdout.end.exitCode });
      });
      process[stream].on('error', () => undefined);
    };
    listen('stdout');
    listen('stderr');
  });
  const over = process.ended.then((end) => {
    run.stdout.close();
    run.stderr.close();
    return end;
  });
  // A script need not read all of its input; what became of the process is told by its outputs.
  process.stdin.on('error', () => undefined);
  return Promise.race([told, over, send(process.stdin, travel)]);
}

/** Resolves only when the source of a streamed input fails: the script's end is told by its outputs. */
function send(stdin: Writable, { stdin: first, streamed }: Travel): Promise<InputFailed> {
  const { promise, resolve } = Promise.withResolvers<InputFailed>();
  if (streamed === undefined) {
    stdin.end(first);
    return promise;
  }
  const bytes = async function* bytes(): AsyncGenerator<Uint8Array> {
    yield first;
    try {
      yield* streamed.chunks;
    } catch (error) {
      resolve(new InputFailed(error));
    }
  };
  pipeline(bytes, stdin).catch(() => undefined);
  return promise;
}

/** Ends what the script started, as whoever it ran as. Best effort: the node's own limit ends it when we cannot. */
async function endOnNode(run: Run, process: NodeProcess): Promise<void> {
  const { place, stdout, marker } = run;
  // Stopped just after it began, it may not have told yet.
  await Promise.race([run.begun.promise, process.ended, sleep(beginningMs, undefined, { ref: false })]);
  if (stdout.start === undefined || stdout.start.group === 0) return;
  const request: ExecRequest = {
    script: endGroup,
    args: [String(stdout.start.group), marker],
    privilege: stdout.start.privilege === 'unprivileged' ? 'none' : 'root',
    timeoutMs: endingMs,
    maxOutputBytes: 0,
  };
  try {
    const outcome = await attempt(newRun(place, request), 'ending');
    if ('process' in outcome) outcome.process?.kill();
  } catch {
    // The connection is gone.
  }
}
