import { Option, type Command } from 'commander';
import { readStanding, type Standing } from '../../app/approvals/standing-approval.ts';
import type { Translate } from '../../app/texts/texts.ts';
import type { ApprovedSelection } from '../../engine/schedule/standing-approval.ts';
import type { CommandContext } from '../command-context.ts';
import type { RemedyOptions } from './inputs.ts';
import type { TargetOptions } from './session-options.ts';

/** A command with this option can be scheduled: `schedule install` makes the file, and names it here. */
export function withStandingApproval(command: Command, t: Translate): Command {
  return command.addOption(new Option('--approval <file>', t('option.approval')).conflicts('yes'));
}

export interface StandingOptions {
  readonly approval?: string;
}

interface AskedOptions extends StandingOptions, TargetOptions, RemedyOptions {
  readonly allow?: readonly string[];
  readonly path?: string;
}

/** Undefined without `--approval`. @throws NodemendError as `readStanding` */
export async function askedStanding(options: AskedOptions, context: CommandContext): Promise<Standing | undefined> {
  if (options.approval === undefined) return undefined;
  const asked = {
    allow: wordsOf(options.allow),
    remedies: wordsOf(options.remedy),
    selection: selectionOf(options),
    onNodes: options.path,
  };
  return readStanding(options.approval, asked, context);
}

/** Of an option that takes several, at once or one by one. */
export function wordsOf(values: readonly string[] = []): readonly string[] {
  return values.flatMap((value) => value.split(',')).map((word) => word.trim());
}

/** Which nodes were asked for, as it was typed. */
export function selectionOf({ nodes, nodeGroup, selector }: TargetOptions): ApprovedSelection {
  return {
    ...(nodes === undefined ? {} : { nodes }),
    ...(nodeGroup === undefined ? {} : { nodeGroup }),
    ...(selector === undefined ? {} : { selector }),
  };
}
