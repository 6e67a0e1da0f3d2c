import { Option, type Command } from 'commander';
import type { RunCommand } from '../command-context.ts';
import type { Texts } from '../../app/texts/texts.ts';
import type { DiagnoseOptions } from '../findings/print-findings.ts';
import { bundleOption } from '../options/bundle.ts';
import { withDiagnosis } from '../options/diagnosis.ts';
import { collectingCommand, collectWords, severities, withOutput } from '../options/shared.ts';

export function define({ t }: Texts, run: RunCommand): Command {
  return withDiagnosis(withOutput(collectingCommand('diagnose', t), t), t)
    .argument('[problems...]', t('argument.problemsToFind'))
    .addOption(new Option('--only <problem>', t('option.only')).argParser(collectWords))
    .addOption(new Option('--threshold <severity>', t('option.threshold')).choices(severities).default('low'))
    .addOption(bundleOption(t))
    .addOption(new Option('-w, --watch', t('option.watch')).conflicts(['bundle', 'since', 'out']))
    .addOption(new Option('--watch-interval <seconds>', t('option.watchInterval')))
    .action((named: readonly string[], options: DiagnoseOptions) =>
      run(async (context) => {
        const { printFindings } = await import('../findings/print-findings.ts');
        return printFindings(context, withNamed(options, named));
      }),
    );
}

/** `diagnose <problem>` is `diagnose --only <problem>`. */
function withNamed(options: DiagnoseOptions, named: readonly string[]): DiagnoseOptions {
  return named.length === 0 ? options : { ...options, only: [...new Set([...(options.only ?? []), ...named])] };
}
