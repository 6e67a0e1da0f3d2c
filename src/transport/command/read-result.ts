import { constants } from 'node:os';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { ExecResult } from '../transport.ts';
import type { ProcessEnd } from './node-process.ts';
import { inOneLine } from '../../text/printable.ts';
import type { Run } from './run.ts';
import { sudoRefusal } from './sudo-refusal.ts';

/**
 * What a run came to, once it is over.
 * @throws NodemendError SSH_CONNECTION_LOST, LOGIN_SHELL_FAILED, POD_CONNECTION_LOST, POD_COMMAND_FAILED,
 *   SUDO_UNAVAILABLE.
 */
export function readResult(run: Run, end: ProcessEnd): ExecResult {
  const { stdout, stderr, request } = run;
  if (stdout.start === undefined) throw whyItDidNotStart(run, end);
  const refused = stdout.start.privilege === 'unprivileged' && request.privilege !== 'none';
  return {
    exitCode: exitCodeOf(run, end),
    stdout: stdout.body(),
    stderr: stderr.body(),
    truncated: stdout.truncated || stderr.truncated,
    privilege: stdout.start.privilege,
    ...(refused ? { sudo: sudoRefusal(stderr.noise()) } : {}),
  };
}

/** The end mark's word first: `ssh` exits 255 for its own failures, and a channel may close without saying. */
function exitCodeOf(run: Run, end: ProcessEnd): number {
  const told = run.stdout.end?.exitCode ?? run.stderr.end?.exitCode ?? end.code;
  if (told !== undefined) return told;
  const signal = constants.signals[end.signal as NodeJS.Signals];
  if (signal !== undefined) return 128 + signal;
  throw lost(run, 'the command was still running');
}

function whyItDidNotStart(run: Run, end: ProcessEnd): NodemendError {
  const { stdout, stderr, place } = run;
  const told = stdout.end ?? stderr.end;
  const who = { node: place.node, user: place.user };
  if (told?.privilege === 'sudo')
    return new NodemendError('SUDO_UNAVAILABLE', { ...who, reason: sudoRefusal(stderr.noise()) });
  const said = inOneLine(`${stderr.noise()}\n${stdout.noise()}`) || 'it had printed nothing';
  const code = told ? told.exitCode : (end.code ?? end.signal);
  if (code === undefined) return lost(run, said);
  const detail = `exit ${code}, ${said}`;
  return place.explainFailure?.(detail) ?? new NodemendError('LOGIN_SHELL_FAILED', { ...who, detail });
}

function lost({ place }: Run, detail: string): NodemendError {
  return place.explainLoss?.(detail) ?? new NodemendError('SSH_CONNECTION_LOST', { node: place.node, detail });
}
