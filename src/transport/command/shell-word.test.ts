import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellWord } from './shell-word.ts';

describe('a word for the shell', () => {
  it.each([
    ['plain', `'plain'`],
    ['', `''`],
    ["it's", String.raw`'it'\''s'`],
    ['$(id) `id` "x" \\ !! \n', `'$(id) \`id\` "x" \\ !! \n'`],
  ])('%j is written %s', (value, word) => {
    expect(shellWord(value)).toBe(word);
  });

  it('is read by sh as the value it stands for', () => {
    const value = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed().replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 50 }), (values) => {
        const script = `printf '%s\\0' ${values.map(shellWord).join(' ')}`;
        expect(execFileSync('/bin/sh', { input: script }).toString('utf8')).toBe(
          values.map((text) => `${text}\0`).join(''),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('cannot hold a NUL byte', () => {
    expect(() => shellWord('a\0b')).toThrow(expect.objectContaining({ code: 'COMMAND_ARGUMENT_UNUSABLE' }) as Error);
  });
});
