import { catalogue, errorAreas, type ErrorCode } from '../../src/errors/catalogue.ts';
import { errorTexts } from '../../src/errors/text.ts';
import { languages, type Language } from '../../src/locales/language.ts';
import { generated, type Page } from './page.ts';
import { pagePath, wordsOf, type Words } from './words.ts';

/** Every error code with its words, per area. */
export const errorPages: readonly Page[] = languages.map((language) => ({
  path: pagePath('errors', language),
  render: () => renderErrors(language),
}));

function renderErrors(language: Language): string {
  const t = wordsOf(language);
  const areas = Object.entries(errorAreas).flatMap(([area, entries]) => [
    `## ${t(`errors.area.${area}`)}`,
    ...(Object.keys(entries) as ErrorCode[]).map((code) => entry(code, language, t)),
  ]);
  return [generated, `# ${t('errors.title')}`, t('errors.intro'), ...areas].join('\n\n') + '\n';
}

function entry(code: ErrorCode, language: Language, t: Words): string {
  const { exit, retryable } = catalogue[code];
  // A text may have variants, chosen by what exactly is wrong: `cause_range` beside `cause`.
  const texts: Readonly<Record<string, string>> = { ...errorTexts(language)[code] };
  const of = (kind: 'cause' | 'next'): readonly string[] =>
    Object.keys(texts)
      .filter((key) => key === kind || key.startsWith(`${kind}_`))
      .map((key) => markdown(texts[key] ?? ''));
  const lines = [
    ...of('cause').map((text) => `- ${text}`),
    ...of('next').map((text) => `- ${t('errors.next')} ${text}`),
    `- ${t('errors.exit', { exit })}${retryable ? ` ${t('errors.retryable')}` : ''}`,
  ];
  return `### ${code}\n\n${lines.join('\n')}`;
}

/** `{{node}}` as `<node>`; what Markdown would read as markup stays text. */
function markdown(text: string): string {
  return text
    .replaceAll(/[<>|*_`[\]]/g, String.raw`\$&`)
    .replaceAll(/\{\{(.*?)\}\}/g, (_, name: string) => `\`<${name.replaceAll('\\', '')}>\``);
}
