import type { Command } from 'commander';
import { buildProgram } from '../../src/cli/program.ts';
import { createTexts } from '../../src/app/texts/texts.ts';
import { languages, type Language } from '../../src/locales/language.ts';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { generated, type Page } from './page.ts';
import { pagePath, wordsOf } from './words.ts';

/** The help of every command, as the command prints it. */
export const cliHelpPages: readonly Page[] = languages.map((language) => ({
  path: pagePath('cli', language),
  render: () => renderCliHelp(language),
}));

async function renderCliHelp(language: Language): Promise<string> {
  const t = wordsOf(language);
  const program = await buildProgram(createTexts(language, problems), () => Promise.resolve());
  const commands = withChildren(program).map(
    (command) => `## ${nameOf(command)}\n\n\`\`\`text\n${helpOf(command).trim()}\n\`\`\``,
  );
  return [generated, `# ${t('cli.title')}`, t('cli.intro'), ...commands].join('\n\n') + '\n';
}

function withChildren(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withChildren)];
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}

/** With what is added before and after it, at 80 columns, whatever the terminal is. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (part) => void (text += part),
    getOutHelpWidth: () => 80,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}
