import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelOf, closeMessage, packMessages, readMessage } from './channels.ts';

const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

describe('the channels of exec', () => {
  it('carry any bytes: what is packed is read again, in order and on its channel', () => {
    const data = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 32_000, max: 100_000 }).map((length) => Buffer.alloc(length, 'some bytes')),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), data, (channel, bytes) => {
        const messages = [...packMessages(channel, bytes)].map((message) => readMessage(arrayBuffer(message)));
        expect(messages.every((message) => message?.channel === channel)).toBe(true);
        expect(
          Buffer.concat(messages.map((message) => message?.data ?? Buffer.alloc(0))).equals(Buffer.from(bytes)),
        ).toBe(true);
      }),
    );
  });

  it('take no message over 32 KiB', () => {
    const sizes = [...packMessages(channelOf.stdin, new Uint8Array(100_000))].map(({ length }) => length);
    expect(sizes).toEqual([32_768, 32_768, 32_768, 1_700]);
  });

  it('send nothing for nothing: an empty message is not an end', () => {
    expect([...packMessages(channelOf.stdin, new Uint8Array())]).toEqual([]);
  });

  it('know a message without a channel, and one without data', () => {
    expect(readMessage(new ArrayBuffer(0))).toBeUndefined();
    expect(readMessage(arrayBuffer(Uint8Array.of(channelOf.stdout)))).toEqual({ channel: 1, data: Buffer.alloc(0) });
  });

  it('are closed by a message of two bytes', () => {
    expect([...closeMessage(channelOf.stdin)]).toEqual([255, 0]);
  });
});
