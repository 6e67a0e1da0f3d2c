import type { RenderContext } from './render-context.ts';
import { hanging, wrapSentence } from './wrap.ts';

/**
 * A problem's page (Markdown of our own making) for a terminal: headings stand out, paragraphs and list items are
 * wrapped, code and tables stay as they are. Markdown was made to be read as it stands, so nothing else is changed.
 */
export function renderPage(markdown: string, context: RenderContext): string {
  const blocks = markdown.replaceAll('\r\n', '\n').split(/\n{2,}/);
  return `${joinCode(blocks)
    .flatMap((block) => [...renderBlock(block, context), ''])
    .join('\n')
    .trimEnd()}\n`;
}

/** Code blocks may hold empty lines: what was split inside of one is joined again. */
function joinCode(blocks: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let open = false;
  for (const block of blocks) {
    if (open) joined.push(`${joined.pop() ?? ''}\n\n${block}`);
    else joined.push(block);
    const fences = block.match(/^```/gm)?.length ?? 0;
    if (fences % 2 === 1) open = !open;
  }
  return joined;
}

function renderBlock(block: string, context: RenderContext): readonly string[] {
  const { paint, width } = context;
  if (block.startsWith('```'))
    return block
      .split('\n')
      .filter((line) => !line.startsWith('```'))
      .map((line) => `    ${line}`);
  if (block.startsWith('|')) return block.split('\n');
  const heading = /^#+ (.*)$/.exec(block.split('\n')[0] ?? '');
  if (heading) {
    const rest = block.split('\n').slice(1).join('\n').trim();
    return [paint('strong', plain(heading[1] ?? '')), ...(rest === '' ? [] : ['', ...renderBlock(rest, context)])];
  }
  if (/^[-*] /.test(block))
    return listItems(block).flatMap((item) =>
      hanging({ text: '-', tone: 'quiet', gap: 1 }, plain(item.slice('- '.length)), context),
    );
  if (/^\d+\. /.test(block))
    return listItems(block).flatMap((item) => {
      const [, number = '', words = ''] = /^(\d+\.) (.*)$/.exec(item) ?? [];
      return hanging({ text: number, tone: 'quiet', gap: 1 }, plain(words), context);
    });
  return wrapSentence(plain(block.replaceAll('\n', ' ')), width);
}

/** Each with its mark, in one line. */
function listItems(block: string): readonly string[] {
  return block.split(/\n(?=(?:[-*]|\d+\.) )/).map((item) => item.replaceAll(/\n\s*/g, ' '));
}

/** Links become their words, emphasis and code lose their marks. */
function plain(text: string): string {
  return text
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/\*\*([^*]+)\*\*/g, '$1')
    .replaceAll(/`([^`]+)`/g, '$1')
    .trim();
}
