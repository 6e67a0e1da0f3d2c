import { Option, type Command } from 'commander';
import type { Translate } from '../../app/texts/texts.ts';
import { minorVersion } from './minor-version.ts';

/** What is known beside the nodes as they are: some findings are there only with it. */
export interface DiagnosisOptions {
  /** A bundle from before. */
  readonly since?: string;
  /** The version of Kubernetes to upgrade to. */
  readonly to?: string;
}

/** @param others options that leave these without effect, as commander calls them */
export function withDiagnosis(command: Command, t: Translate, others: readonly string[] = []): Command {
  return command
    .addOption(new Option('--since <bundle>', t('option.since')).conflicts([...others]))
    .addOption(
      new Option('--to <version>', t('option.upgradeTo'))
        .argParser((text: string) => minorVersion(text, command.name()))
        .conflicts(['hosts', ...others]),
    );
}

/** To be typed again. */
export function diagnosisWords({ since, to }: DiagnosisOptions): readonly string[] {
  return [...(since === undefined ? [] : ['--since', since]), ...(to === undefined ? [] : ['--to', to])];
}
