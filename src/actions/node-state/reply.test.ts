import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReply, textOf, valueOf, valuesAsSaid } from './reply.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('a reply', () => {
  it('is read between whatever else was printed', () => {
    const reply = parseReply(
      bytes(
        'Welcome!\n@nodemend phase staged\nnoise\n@nodemend phase committed\n@nodemend words a b  c\n@nodemend outcome done\n',
      ),
    );
    expect(reply?.outcome).toBe('done');
    expect(valueOf(reply!, 'phase')).toBe('committed');
    expect(valueOf(reply!, 'words')).toBe('a b  c');
    expect(valueOf(reply!, 'absent')).toBe('');
  });

  it.each(['\u200e', '\u200f', '\u061c'])('says a mark that turns text around (%j) and does not send it', (mark) => {
    const reply = parseReply(bytes(`@nodemend words /etc/${mark}x\n@nodemend outcome failed\n`));
    expect(valueOf(reply!, 'words')).toBe(`/etc/\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}x`);
  });

  it('is told as it is said, however it arrives', () => {
    const output =
      'noise\n@nodemend coming a:1\n@nodemend-bytes coming 9\n@nodemend phase x\n@nodemend coming a:2\n@nodemend coming a:3';
    for (const length of [1, 7, 1000]) {
      const told: string[] = [];
      const take = valuesAsSaid('coming', (value) => told.push(value));
      for (let at = 0; at < output.length; at += length) take(bytes(output.slice(at, at + length)));
      // The end of the last line has not come.
      expect(told).toEqual(['a:1', 'a:2']);
    }
  });

  it('without an outcome is none', () => {
    expect(parseReply(bytes('@nodemend phase staged\n'))).toBeUndefined();
    expect(parseReply(bytes(''))).toBeUndefined();
  });

  it('holds what is inside a blob apart from what is said', () => {
    const content = '@nodemend outcome failed\n@nodemend-bytes current 3\n';
    const reply = parseReply(
      bytes(`@nodemend-bytes current ${content.length}\n${content}\n@nodemend outcome refused\n`),
    );
    expect(reply?.outcome).toBe('refused');
    expect(textOf(reply!, 'current')).toBe(content);
  });

  it('gives back any blob to the byte, and any value without control characters', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: 'binary' }), (blob, value) => {
        const said = value.replaceAll(/[\r\n]/gu, ' ');
        const reply = parseReply(
          Buffer.concat([
            bytes(`@nodemend-bytes a ${blob.length}\n`),
            blob,
            bytes(`\n@nodemend b ${said}\n@nodemend outcome done\n`),
          ]),
        );
        expect(reply?.entries[0]).toEqual({ name: 'a', bytes: Buffer.from(blob) });
        // eslint-disable-next-line no-control-regex -- what must not come through
        expect(valueOf(reply!, 'b')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u);
      }),
    );
  });

  it('never throws, whatever a node prints', () => {
    fc.assert(fc.property(fc.uint8Array(), (output) => void parseReply(output)));
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('@nodemend ', '@nodemend-bytes a ', '9', '\n', 'outcome done')),
        (parts) => void parseReply(bytes(parts.join(''))),
      ),
    );
  });
});
