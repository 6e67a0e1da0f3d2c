import { expect, test } from 'vitest';
import { printable, printableLine } from './printable.ts';

test('controls are shown, not sent', () => {
  expect(printable('a\u001b[31m\u009b2J\u0000\n\r\t\u007f')).toBe(String.raw`a\e[31m\x9b2J\x00\n\r\t\x7f`);
});

test('marks that reorder text are shown', () => {
  expect(printable('/etc/\u202efnoc.x\u2066\u200f')).toBe(String.raw`/etc/\u202efnoc.x\u2066\u200f`);
});

test('text of any language stays, and tabs within a line of a file', () => {
  expect(printable('워커 노드 é 漢')).toBe('워커 노드 é 漢');
  expect(printableLine('a\tb\u0007')).toBe('a\tb\\x07');
});
