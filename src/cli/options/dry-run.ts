import { Option, type Command } from 'commander';
import type { Translate } from '../../app/texts/texts.ts';

export interface DryRunOptions {
  readonly dryRun?: boolean;
}

export function withDryRun(command: Command, t: Translate): Command {
  return command.addOption(new Option('--dry-run', t('option.dryRun')).conflicts('yes'));
}
