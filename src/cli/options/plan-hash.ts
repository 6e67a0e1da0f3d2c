import { Option, type Command } from 'commander';
import type { Translate } from '../../app/texts/texts.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';

export interface PlanHashOptions {
  readonly planHash?: string;
}

export function withPlanHash(command: Command, t: Translate): Command {
  return command.addOption(new Option('--plan-hash <sha256>', t('option.planHash')));
}

/** The hash that was typed, hex. @throws NodemendError USAGE for what is none */
export function typedHash({ planHash }: PlanHashOptions, command: string): string | undefined {
  if (planHash === undefined) return undefined;
  const [, hash] = /^(?:sha256:)?([0-9a-f]{64})$/u.exec(planHash) ?? [];
  if (hash !== undefined) return hash;
  const choices = 'sha256:<64 hex digits>';
  throw new NodemendError('USAGE', { context: 'choice', typed: '--plan-hash', value: planHash, choices, command });
}
