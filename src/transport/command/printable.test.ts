import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('what a node says, for people', () => {
  it('is one line', () => {
    expect(printable('\r\n first\tline\n\nsecond  line \n')).toBe('first line second line');
  });

  it('is the end of what is long', () => {
    expect(printable(`${'x'.repeat(500)} the reason`)).toMatch(/^….{189} ?the reason$|^…x+ the reason$/);
    expect(printable('x'.repeat(500)).length).toBe(201);
  });

  it('drives no terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // eslint-disable-next-line no-control-regex -- what is looked for
        expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2066\u200b]/);
      }),
    );
  });
});
