import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/**
 * The complete lines of a stream, as they come. A rest without its line end is dropped: the connection ended in the
 * middle of an event, which the next connection brings again.
 */
export async function* readLines(stream: Readable): AsyncGenerator<string, void> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  for await (const chunk of stream) {
    const lines = decoder.write(chunk as Buffer).split('\n');
    // Only the first piece continues what came before: joining once per line keeps large objects linear.
    for (const piece of lines.slice(0, -1)) {
      parts.push(piece);
      const line = parts.join('');
      parts = [];
      if (line !== '') yield line;
    }
    parts.push(lines.at(-1) ?? '');
  }
}
