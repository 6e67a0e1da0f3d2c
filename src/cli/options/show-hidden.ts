import { Option, type Command } from 'commander';
import type { Translate } from '../../app/texts/texts.ts';

export interface ShowHiddenOptions {
  readonly showHidden?: boolean;
}

/** For commands that show what a plan writes. */
export function withShowHidden(command: Command, t: Translate): Command {
  return command.addOption(new Option('--show-hidden', t('option.showHidden')));
}
