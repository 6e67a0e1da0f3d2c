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
  const rows = exitCodes.map(
    ({ code, scope }) =>
      `| ${code} | ${scope === 'all' ? t('exitCodes.all') : commandsOfScope[scope].join(', ')} | ${t(`exitCodes.code.${code}`)} |`,
  );
  const table = [
    `| ${t('exitCodes.column.code')} | ${t('exitCodes.column.scope')} | ${t('exitCodes.column.meaning')} |`,
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
  const precedence = t('exitCodes.precedence', { order: exitPrecedence.join(' > ') });
  return [generated, `# ${t('exitCodes.title')}`, t('exitCodes.intro'), table, precedence].join('\n\n') + '\n';
}
