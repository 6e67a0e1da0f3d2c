import { expect, test } from 'vitest';
import {
  hidesSomething,
  inOneLine,
  printable,
  printableJson,
  printableLine,
  printableOutput,
  printableText,
  singleLine,
} from './printable.ts';

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

/** Direction marks that have no shape: left-to-right, right-to-left, and that of Arabic letters. */
test.each(['\u200e', '\u200f', '\u061c'])('no form lets the direction mark %j pass', (mark) => {
  const written = `a\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}b`;
  const painted = (text: string): string => printableOutput(text, true);
  const plain = (text: string): string => printableOutput(text, false);

  for (const form of [printable, printableLine, printableText, painted, plain, singleLine, inOneLine])
    expect(form(`a${mark}b`)).toBe(written);
  expect(printableJson(JSON.stringify(`a${mark}b`))).toBe(`"${written}"`);
  expect(hidesSomething(mark)).toBe(true);
});
