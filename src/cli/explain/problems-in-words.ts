import { languages } from '../../locales/language.ts';
import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { CommandContext } from '../command-context.ts';
import { shortPage } from './short-page.ts';

const mostMatches = 3;

/** The problems whose page begins with these words, in any language: what people call a trouble that they do not know the id of. */
export async function problemsInWords(words: readonly string[], context: CommandContext): Promise<string | undefined> {
  const found: CatalogueEntry[] = [];
  for (const entry of problemCatalogue) if (await isAbout(entry, words)) found.push(entry);
  const pages = found.slice(0, mostMatches).map((entry) => summary(entry, context));
  return pages.length === 0 ? undefined : (await Promise.all(pages)).join('\n');
}

async function isAbout({ page }: CatalogueEntry, words: readonly string[]): Promise<boolean> {
  const pages = await Promise.all(languages.map((language) => page[language]()));
  return pages.some((text) => {
    const { title, cause } = beginningOf(text);
    const said = `${title} ${cause}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

async function summary({ meta, page }: CatalogueEntry, context: CommandContext): Promise<string> {
  const { language, t } = context.texts;
  const { title, cause } = beginningOf(await page[language]());
  const problem = meta.id;
  return shortPage(
    {
      head: t('explain.messageHead', { label: problem, title }),
      causes: [cause],
      next: [t('explain.problemNext', { problem })],
    },
    context,
  );
}

/** Its heading, and the first paragraph of its first part. */
function beginningOf(page: string): { readonly title: string; readonly cause: string } {
  const [title = '', , cause = ''] = page.split(/\n{2,}/);
  return { title: title.replace(/^# /, ''), cause: cause.replaceAll('`', '') };
}
