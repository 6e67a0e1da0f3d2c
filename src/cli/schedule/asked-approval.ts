import { makeApproval, type MadeApproval } from '../../app/approvals/make-approval.ts';
import { knownProblems } from '../../app/problems/known-problem.ts';
import { withProblems } from '../../app/problems/with-problems.ts';
import type { BatchSize } from '../../engine/rollout/batch-size.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../command-context.ts';
import { openSession } from '../options/open-session.ts';
import { allowedDisruptions } from '../options/rollout.ts';
import { askedSource } from '../options/source.ts';
import { selectionOf, wordsOf } from '../options/standing-approval.ts';
import type { Place, ScheduledCommand } from './scheduled-command.ts';

/** What the scheduled command is approved for. @throws NodemendError ACCESS_NOT_ASKED, USAGE, as `makeApproval` */
export async function askedApproval(
  { options, path, args }: ScheduledCommand,
  { cap, place }: { readonly cap: BatchSize; readonly place: Place },
  given: CommandContext,
): Promise<MadeApproval> {
  const context = await withProblems(given, knownProblems(path === 'apply' ? args : path.split(' ').slice(0, 1), path));
  const { problems } = context;
  const session = await openSession(context, options, path);
  // The pod's own configuration says it there.
  if (session.via === undefined && place === 'here') throw new NodemendError('ACCESS_NOT_ASKED', { command: path });
  const source = await askedSource(options, problems, path, context);
  const { from: file = '', path: onNodes, allow = [], remedy } = options;
  const bounds = {
    selection: selectionOf(options),
    cap,
    remedies: wordsOf(remedy),
    allow: allowedDisruptions(allow, path),
  };
  return makeApproval({ session, problems, source: source && { ...source, file, onNodes }, ...bounds }, context);
}
