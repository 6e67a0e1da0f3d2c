import { expect, test } from 'vitest';
import { shellDocument } from './shell-document.ts';

test('a text that people can read stays readable; one that holds its own marker does not', () => {
  const rule = Buffer.from('/var/log/*.log {\n\tdaily\n}\n');
  expect(shellDocument(rule).body).toContain('\n\tdaily\n');
  expect(shellDocument(Buffer.from('no end')).body).toContain('base64');
  expect(shellDocument(Buffer.from('windows\r\n')).body).toContain('base64');
  expect(shellDocument(Buffer.from('')).body).toContain('cat');
});

test('the checksum is that of the bytes', () => {
  expect(shellDocument(Buffer.from('abc')).sha256).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
