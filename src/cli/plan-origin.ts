import { Option, type Command } from 'commander';
import type { Plan } from '../engine/plan.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { CommandContext } from './command-context.ts';
import { wrapSentence } from './render/wrap.ts';
import type { SavedPlan } from '../app/plans/read-plan-file.ts';
import type { Session } from '../app/session/session.ts';
import type { Translate } from '../app/texts/texts.ts';

export interface PlanHashOptions {
  readonly planHash?: string;
}

export function withPlanHash(command: Command, t: Translate): Command {
  return command.addOption(new Option('--plan-hash <sha256>', t('option.planHash')));
}

/**
 * The hash that was typed, hex. Who names a plan by its hash has read it somewhere, or heard it from its maker. @throws
 * NodemendError USAGE for what is none
 */
export function typedHash({ planHash }: PlanHashOptions, command: string): string | undefined {
  if (planHash === undefined) return undefined;
  const [, hash] = /^(?:sha256:)?([0-9a-f]{64})$/u.exec(planHash) ?? [];
  if (hash !== undefined) return hash;
  const choices = 'sha256:<64 hex digits>';
  throw new NodemendError('USAGE', { context: 'choice', typed: '--plan-hash', value: planHash, choices, command });
}

/** @throws NodemendError PLAN_HASH_MISMATCH when another plan was named than the one there is */
export function requireTypedHash({ hash }: Plan, typed: string | undefined): void {
  if (typed !== undefined && typed !== hash)
    throw new NodemendError('PLAN_HASH_MISMATCH', { typed: typed.slice(0, 12), hash: hash.slice(0, 12) });
}

/**
 * Says that a saved plan is not this machine's own. @returns why nobody but a person at a terminal can approve it, or
 * undefined where it is this machine's, or was named by its hash
 */
export function tellOrigin(
  { file, origin }: SavedPlan,
  typed: string | undefined,
  { texts }: Session,
  { output: { notes } }: CommandContext,
): NodemendError | undefined {
  if (origin === 'here') return undefined;
  for (const line of wrapSentence(texts.t('approve.fromElsewhere', { file }), notes.width))
    notes.write(`${notes.paint('warn', line)}\n`);
  return typed === undefined ? new NodemendError('PLAN_FROM_ELSEWHERE', { file }) : undefined;
}
