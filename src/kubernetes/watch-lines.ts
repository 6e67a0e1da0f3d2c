import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';

/** Characters of a line; an object of etcd's largest size is a tenth of it. */
const longestLine = 16 * 1024 * 1024;

/**
 * The complete lines of a stream, as they come. A rest without its line end is dropped: the connection ended in the
 * middle of an event, which the next connection brings again.
 * @throws Error with code ERR_BUFFER_TOO_LARGE for a line that does not end
 */
export async function* readLines(stream: Readable): AsyncGenerator<string, void> {
  const decoder = new StringDecoder('utf8');
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const lines = decoder.write(chunk as Buffer).split('\n');
    // Only the first piece continues what came before: joining once per line keeps large objects linear.
    for (const piece of lines.slice(0, -1)) {
      parts.push(piece);
      const line = parts.join('');
      parts = [];
      if (line !== '') yield line;
    }
    const rest = lines.at(-1) ?? '';
    parts.push(rest);
    length = (lines.length > 1 ? 0 : length) + rest.length;
    if (length > longestLine) throw Object.assign(new Error('the line does not end'), { code: 'ERR_BUFFER_TOO_LARGE' });
  }
}
