import { Command } from 'commander';
import type { RunCommand } from '../command-context.ts';
import { languageOption } from '../options/shared.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { version } from '../../app/version.ts';

export function define({ t }: Texts, run: RunCommand): Command {
  return new Command('version')
    .summary(t('command.version.summary'))
    .description(t('command.version.description'))
    .addOption(languageOption(t))
    .action(() =>
      run(async ({ output }) => {
        output.data.write(`nodemend ${version}\nnode ${process.versions.node}\n`);
        return 0;
      }),
    );
}
