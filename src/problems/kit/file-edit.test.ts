import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../hash/sha256.ts';
import { asBytes, fileChange, fileObstacle, type FileObstacle, type ObservedFile } from './file-edit.ts';

/** A file as a probe sees it, from its bytes. */
const file = (bytes: string | Uint8Array, rest: Partial<ObservedFile> = {}): ObservedFile => ({
  isLink: false,
  content: Buffer.from(bytes).toString('latin1'),
  isExact: true,
  mode: 0o640,
  uid: 7,
  gid: 8,
  ...rest,
});
const { content: _, ...unread } = file('');

describe('may this file be rewritten?', () => {
  test.each<[string, ObservedFile, FileObstacle | undefined]>([
    ['plain text', file('weekly\n'), undefined],
    ['an empty file', file(''), undefined],
    ['UTF-8', file('# 한국어 é\n'), undefined],
    ['a byte order mark', file('\ufeff{}\n'), undefined],
    ['Latin-1', file(Uint8Array.of(0x63, 0x61, 0x66, 0xe9)), 'not-text'],
    ['UTF-16', file(Uint8Array.of(0xff, 0xfe, 0x7b, 0)), 'not-text'],
    ['half a character', file(Uint8Array.of(0xed, 0xa0, 0x80)), 'not-text'],
    ['a NUL', file('{}\0'), 'not-text'],
    ['a link', file('{}', { isLink: true }), 'symlink'],
    ['a link to a folder', file('', { isLink: true, kind: 'folder' }), 'symlink'],
    ['a folder', { ...unread, kind: 'folder', isExact: false }, 'not-a-file'],
    ['a device', { ...unread, kind: 'other', isExact: false }, 'not-a-file'],
    ['one that was not read whole', { ...unread, isExact: false }, 'unread'],
    ['one with a masked secret', file('{"a": "***"}', { isExact: false }), 'holds-secrets'],
    [
      'masked bytes that are not text',
      file(Uint8Array.of(0xe9, 0x2a, 0x2a, 0x2a), { isExact: false }),
      'holds-secrets',
    ],
  ])('%s', (_name, seen, obstacle) => expect(fileObstacle(seen)).toBe(obstacle));

  test('bytes that may be are handed back whole, and the hash is of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const seen = file(bytes);
        if (fileObstacle(seen) !== undefined) return;
        const { from } = fileChange(seen, '');
        expect(from).toMatchObject({ sha256: sha256(bytes), mode: '0640', uid: 7, gid: 8 });
        expect(Buffer.from(from === 'absent' ? '' : (from.content ?? ''), 'utf8')).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

test('a file keeps its owner and mode, a new one is root’s own; what is hashed is the text in UTF-8', () => {
  const to = { content: 'é', sha256: sha256(Buffer.from([0xc3, 0xa9])) };

  expect(fileChange(file('old'), 'é')).toMatchObject({ to: { ...to, mode: '0640', uid: 7, gid: 8 } });
  expect(fileChange(undefined, 'é')).toEqual({ from: 'absent', to: { ...to, mode: '0644', uid: 0, gid: 0 } });
  expect(asBytes('é')).toBe('\xc3\xa9');
});
