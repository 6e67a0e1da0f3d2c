import { commandsOfScope, exitCodes, exitPrecedence } from '../../src/cli/exit-codes.ts';
import { languages, type Language } from '../../src/locales/language.ts';
import { generated, type Page } from './page.ts';
import { pagePath, wordsOf } from './words.ts';

export const exitCodePages: readonly Page[] = languages.map((language) => ({
  path: pagePath('exit-codes', language),
  render: () => renderExitCodes(language),
}));

function renderExitCodes(language: Language): string {
  const t = wordsOf(language);
  const codes = table(
    ['code', 'scope', 'meaning'].map((column) => t(`exitCodes.column.${column}`)),
    exitCodes.map(({ code, scope }) => [String(code), t(`exitCodes.scope.${scope}`), t(`exitCodes.code.${code}`)]),
  );
  const commands = table(
    ['kind', 'commands'].map((column) => t(`exitCodes.column.${column}`)),
    Object.entries(commandsOfScope).map(([scope, names]) => [
      t(`exitCodes.scope.${scope}`),
      names.map((name) => `\`${name}\``).join(', '),
    ]),
  );
  const precedence = t('exitCodes.precedence', { order: exitPrecedence.join(' > ') });
  const blocks = [
    generated,
    `# ${t('exitCodes.title')}`,
    t('exitCodes.intro'),
    codes,
    precedence,
    `## ${t('exitCodes.commands')}`,
    commands,
    t('exitCodes.others'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
