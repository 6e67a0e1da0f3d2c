import { randomBytes } from 'node:crypto';
import type { ExecRequest } from '../transport.ts';
import type { ScriptPlace } from './node-process.ts';
import { ReplyStream } from './reply-stream.ts';

/** A run under way: what was asked for, where, and what it printed so far. */
export interface Run {
  readonly marker: string;
  readonly place: ScriptPlace;
  readonly request: ExecRequest;
  readonly stdout: ReplyStream;
  readonly stderr: ReplyStream;
  /** Settled when the script says that it runs, and by which process group it can be ended. */
  readonly begun: PromiseWithResolvers<void>;
}

export function newRun(place: ScriptPlace, request: ExecRequest): Run {
  const marker = randomBytes(16).toString('hex');
  return {
    marker,
    place,
    request,
    stdout: new ReplyStream(marker, request.streams ? undefined : request.maxOutputBytes, request.onStdout),
    stderr: new ReplyStream(marker, request.maxOutputBytes),
    begun: Promise.withResolvers<void>(),
  };
}
