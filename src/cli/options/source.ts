import { Option, type Command } from 'commander';
import { readWantedSource, type WantedSource } from '../../app/plans/wanted-source.ts';
import { problemOfSource } from '../../app/problems/synchronised.ts';
import type { Translate } from '../../app/texts/texts.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Problem } from '../../problems/problem.ts';
import type { Loaded } from '../../app/problems/with-problems.ts';
import type { CommandContext } from '../command-context.ts';

/** Which file the nodes are held against, and where it stands on them. */
export interface SourceOptions {
  readonly from?: string;
  readonly path?: string;
}

export function withSource(command: Command, t: Translate, { mandatory = false } = {}): Command {
  return command
    .addOption(new Option('--from <file>', t('option.from')).conflicts('remedy').makeOptionMandatory(mandatory))
    .addOption(new Option('--path <path>', t('option.pathOnNodes')));
}

/** To be typed again. */
export function sourceWords({ from, path }: SourceOptions): readonly string[] {
  return [...(from === undefined ? [] : ['--from', from]), ...(path === undefined ? [] : ['--path', path])];
}

/**
 * The source of a command that can do without one, for the one problem it was asked for.
 * @throws NodemendError SOURCE_WITHOUT_PROBLEM, USAGE, and those of `readWantedSource`
 */
export async function askedSource(
  options: SourceOptions,
  asked: readonly Problem[],
  command: string,
  context: CommandContext & Loaded,
): Promise<WantedSource | undefined> {
  if (options.from === undefined) {
    if (options.path !== undefined)
      throw new NodemendError('USAGE', { context: 'needs', command, typed: '--path', other: '--from' });
    return undefined;
  }
  const found = problemOfSource(asked, command);
  return { ...found, wanted: await readWantedSource(options.from, options.path, found, context) };
}
