import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStateLine, stateLine } from './file-state.ts';

const hash = fc.stringMatching(/^[0-9a-f]{64}$/u);
const mode = fc.stringMatching(/^[0-7]{4}$/u);

it('a state line is read back as the state that it was made from', () => {
  fc.assert(
    fc.property(hash, mode, fc.nat(), fc.nat(), (sha256, octal, uid, gid) => {
      const state = { sha256, mode: octal, uid, gid };
      expect(parseStateLine(stateLine(state))).toEqual(state);
    }),
  );
  expect(parseStateLine(stateLine('absent'))).toBe('absent');
});

it('writes the mode as stat(1) prints it', () => {
  expect(stateLine({ sha256: 'a'.repeat(64), mode: '0644', uid: 0, gid: 0 })).toBe(`file ${'a'.repeat(64)} 644 0 0`);
  expect(stateLine({ sha256: 'a'.repeat(64), mode: '0000', uid: 0, gid: 0 })).toBe(`file ${'a'.repeat(64)} 0 0 0`);
});

it.each(['symlink', 'directory', '', 'file', 'file x 644 0 0'])('%j is not a plain file', (line) => {
  expect(parseStateLine(line)).toBeUndefined();
});
