import { nodeKinds } from '../../src/actions/action-kinds.ts';
import { objectKinds } from '../../src/actions/cluster-action-kinds.ts';
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
  // What a kind of action declares in its folder stands with what all of them may say.
  const kinds = new Set([...nodeKinds, ...objectKinds].map(({ kind }) => kind.replaceAll('-', '').toLowerCase()));
  const sections = Map.groupBy(Object.entries(errorAreas), ([area]) =>
    kinds.has(area.toLowerCase()) ? 'actions' : area,
  );
  const areas = [...sections].flatMap(([title, members]) => [
    `## ${t(`errors.area.${title}`)}`,
    ...members.flatMap(([, { codes }]) => Object.keys(codes) as ErrorCode[]).map((code) => entry(code, language, t)),
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
