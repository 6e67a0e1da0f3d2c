import { expect, expectTypeOf, test } from 'vitest';
import { sha256, type Sha256 } from './sha256.ts';

test('of bytes: of one text there are as many as it has encodings', () => {
  // coreutils' sha256sum of these bytes.
  expect(sha256(Buffer.from('é', 'utf8'))).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  expect(sha256(Buffer.from('é', 'latin1'))).toBe('de2e331d891ae267a7009cb45b4e8830f170e0c937288ea2731a1941c7a53b0d');
});

test('no text is one, nor a text’s hash by its look', () => {
  expectTypeOf<string>().not.toExtend<Sha256>();
  expectTypeOf(sha256).parameter(0).toEqualTypeOf<Uint8Array>();
});
