import type { CatalogueEntry } from '../../problems/catalogue-entry.ts';
import type { CommandContext } from '../command-context.ts';
import { wholeNumber } from '../options/whole-number.ts';
import { renderPage } from '../render/page.ts';
import { contextFor } from '../render/render-context.ts';
import { wrapSentence } from '../render/wrap.ts';

/**
 * A problem's page with its contents in front, and the section of the guide behind it; with `part` (`2`) that part
 * alone. Undefined for another word. @throws NodemendError USAGE for a part that it does not have
 */
export async function problemPage(
  { meta, page: pages }: CatalogueEntry,
  part: string | undefined,
  { output: { data }, texts }: CommandContext,
): Promise<string | undefined> {
  const [title = '', ...parts] = (await pages[texts.language]()).split(/^(?=## )/m);
  const context = contextFor(data, texts);
  if (part !== undefined) {
    if (!/^\d+$/.test(part)) return undefined;
    const number = wholeNumber(part, { option: `explain ${meta.id}`, from: 1, to: parts.length }, 'explain');
    return renderPage(parts[number - 1] ?? '', context);
  }
  const headings = parts.map((one, index) => `  ${index + 1}  ${one.split('\n', 1)[0]?.slice('## '.length) ?? ''}`);
  const blocks = [
    renderPage(title, context).trimEnd(),
    [...wrapSentence(texts.t('explain.contents', { problem: meta.id }), data.width), ...headings].join('\n'),
    renderPage(parts.join(''), context).trimEnd(),
    wrapSentence(texts.t('explain.guide', { section: meta.guideSection }), data.width).join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}
