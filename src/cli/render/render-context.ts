import type { Texts } from '../../app/texts/texts.ts';
import type { Sink } from './output.ts';
import type { Paint } from './paint.ts';

/**
 * What every view is given: the words, the colours and the width. Views are pure; they return text that ends with a
 * newline.
 */
export interface RenderContext {
  readonly texts: Texts;
  readonly paint: Paint;
  readonly width: number;
}

export function contextFor(sink: Sink, texts: Texts): RenderContext {
  return { texts, paint: sink.paint, width: sink.width };
}

/** Blocks with an empty line between them; empty blocks leave no trace. */
export function joinBlocks(blocks: readonly (readonly string[])[]): string {
  const shown = blocks.filter((block) => block.length > 0).map((block) => block.map((line) => `${line}\n`).join(''));
  return shown.join('\n');
}
