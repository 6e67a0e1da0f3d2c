import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashHost, matchesHost, parseHostField } from './host-pattern.ts';

const matches = (field: string, id: string): boolean => {
  const parsed = parseHostField(field);
  if (!parsed) throw new Error(`malformed: ${field}`);
  return matchesHost(parsed, id);
};

/** OpenSSH's match_pattern, straight from its description: the slow and obvious way, to compare with. */
const glob = (pattern: string, text: string): boolean => {
  const [first, rest] = [pattern[0], pattern.slice(1)];
  if (first === undefined) return text === '';
  if (first === '*') return glob(rest, text) || (text !== '' && glob(pattern, text.slice(1)));
  return text !== '' && (first === '?' || first === text[0]) && glob(rest, text.slice(1));
};

const hostText = fc.string({ unit: fc.constantFrom(...'ab.-:[]19'.split('')), minLength: 1, maxLength: 8 });
const patternText = fc.string({ unit: fc.constantFrom(...'ab.-:[]19*?'.split('')), minLength: 1, maxLength: 8 });

describe('the host field of a known_hosts line', () => {
  it.each([
    ['worker-1', 'worker-1', true],
    ['worker-1,10.0.0.5', '10.0.0.5', true],
    ['Worker-1', 'worker-1', true],
    ['worker-1', 'worker-10', false],
    ['[10.0.0.5]:2222', '[10.0.0.5]:2222', true],
    ['10.0.0.5', '[10.0.0.5]:2222', false],
    ['10.0.0.*', '10.0.0.77', true],
    ['10.0.0.?', '10.0.0.77', false],
    ['[10.0.*]:2222', '[10.0.3.4]:2222', true],
    ['10.0.0.5', '10a0b0c5', false],
    ['*.example,!bastion.example', 'node.example', true],
    ['*.example,!bastion.example', 'bastion.example', false],
    ['!bastion.example,*.example', 'bastion.example', false],
    ['!bastion.example', 'node.example', false],
    ['fe80::1', 'fe80::1', true],
  ])('%s speaks of %s: %s', (field, id, expected) => {
    expect(matches(field, id)).toBe(expected);
  });

  it.each(['', ',', '!', '|1|', '|1|AAAA|AAAA', `|2|${'A'.repeat(27)}=|${'A'.repeat(27)}=`, '|1|x|y|z'])(
    'is malformed: "%s"',
    (field) => {
      expect(parseHostField(field)).toBeUndefined();
    },
  );

  it('matches like OpenSSH’s match_pattern', () => {
    fc.assert(
      fc.property(patternText, hostText, (pattern, id) => {
        expect(matches(pattern, id)).toBe(glob(pattern, id));
      }),
    );
  });

  it('never matches what a negated pattern matches', () => {
    fc.assert(
      fc.property(patternText, fc.array(patternText), hostText, (negated, others, id) => {
        if (glob(negated, id)) expect(matches([...others, `!${negated}`].join(','), id)).toBe(false);
      }),
    );
  });

  it('knows a hashed name, and no other', () => {
    fc.assert(
      fc.property(hostText, hostText, fc.uint8Array({ minLength: 20, maxLength: 20 }), (id, other, bytes) => {
        const salt = Buffer.from(bytes);
        const field = `|1|${salt.toString('base64')}|${hashHost(salt, id).toString('base64')}`;
        expect(matches(field, id)).toBe(true);
        expect(matches(field, other)).toBe(id === other);
      }),
    );
  });

  it('is read for any text, or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const field = parseHostField(text);
        if (field) expect(typeof matchesHost(field, randomBytes(4).toString('hex'))).toBe('boolean');
      }),
    );
  });
});
