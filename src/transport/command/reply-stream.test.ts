import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplyStream } from './reply-stream.ts';

const marker = 'feedfacefeedfacefeedfacefeedface';

/** Splits bytes at the given places, as a network does. */
function inPieces(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const at = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].toSorted((a, b) => a - b);
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

function read(bytes: Buffer, cuts: readonly number[] = [], cap = 1 << 20): ReplyStream {
  const stream = new ReplyStream(marker, cap);
  for (const piece of inPieces(bytes, cuts)) stream.push(piece);
  stream.close();
  return stream;
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((values) => Buffer.from(values));
const cuts = fc.array(fc.nat({ max: 2000 }), { maxLength: 30 });

describe('an output stream of a run', () => {
  it('is taken apart wherever it is cut', () => {
    const exit = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(bytes, bytes, bytes, exit, cuts, (noise, body, rest, exitCode, places) => {
        const sent = Buffer.concat([
          noise,
          Buffer.from(`\n${marker}:start:sudo:4711\n`),
          body,
          Buffer.from(`\n${marker}:end:${exitCode}:sudo\n`),
          rest,
        ]);
        const stream = read(sent, places);
        expect(stream.start).toEqual({ privilege: 'sudo', group: 4711 });
        expect(stream.end).toEqual({ exitCode, privilege: 'sudo' });
        expect(Buffer.from(stream.body()).equals(body)).toBe(true);
        expect(stream.noise()).toBe(noise.toString('utf8'));
        expect(stream.truncated).toBe(false);
      }),
    );
  });

  it('keeps what is under the cap, and finds its end behind the rest', () => {
    fc.assert(
      fc.property(bytes, fc.nat({ max: 400 }), cuts, (body, cap, places) => {
        const sent = Buffer.concat([
          Buffer.from(`\n${marker}:start:root:1\n`),
          body,
          Buffer.from(`\n${marker}:end:0:root\n`),
        ]);
        const stream = read(sent, places, cap);
        expect(Buffer.from(stream.body()).equals(body.subarray(0, cap))).toBe(true);
        expect(stream.truncated).toBe(body.length > cap);
        expect(stream.end).toEqual({ exitCode: 0, privilege: 'root' });
      }),
    );
  });

  it('gives all there is when it ends in the middle', () => {
    fc.assert(
      fc.property(bytes, cuts, (body, places) => {
        const stream = read(Buffer.concat([Buffer.from(`\n${marker}:start:root:1\n`), body]), places);
        expect(stream.end).toBeUndefined();
        expect(Buffer.from(stream.body()).equals(body)).toBe(true);
      }),
    );
  });

  it('is not misled by its own marker in the script’s output', () => {
    const body = `\n${marker}:\n${marker}:end:\n${marker}:end:1000:root\n${marker}:end:0:nobody\n${marker}:start:root:2\nx\n${marker}`;
    const sent = `\n${marker}:start:root:1\n${body}\n${marker}:end:7:root\n`;
    for (let cut = 0; cut <= sent.length; cut++) {
      const stream = read(Buffer.from(sent), [cut]);
      expect(Buffer.from(stream.body()).toString()).toBe(body);
      expect(stream.end).toEqual({ exitCode: 7, privilege: 'root' });
    }
  });

  it('may tell an end without a start: sudo said no', () => {
    const stream = read(Buffer.from(`sudo: a password is required\n\n${marker}:end:1:sudo\n`));
    expect(stream.start).toBeUndefined();
    expect(stream.end).toEqual({ exitCode: 1, privilege: 'sudo' });
    expect(stream.noise()).toBe('sudo: a password is required\n');
  });

  it('keeps little of endless noise', () => {
    const stream = new ReplyStream(marker, 10);
    for (let count = 0; count < 1000; count++) stream.push(Buffer.alloc(10_000, 'noise '));
    stream.push(Buffer.from(`\n${marker}:start:root:1\nok\n${marker}:end:0:root\n`));
    expect(stream.noise().length).toBe(8192);
    expect(Buffer.from(stream.body()).toString()).toBe('ok');
  });
});
