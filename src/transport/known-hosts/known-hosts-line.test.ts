import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKnownHostsLine } from './known-hosts-line.ts';

const blobOf = (type: string, rest = 'key'): string => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(rest)]).toString('base64');
};
const ed25519 = blobOf('ssh-ed25519');

describe('a line of known_hosts', () => {
  it.each(['', '   ', '# a comment', '\t# another'])('says nothing: "%s"', (line) => {
    expect(parseKnownHostsLine(line, 'f:1')).toEqual({ kind: 'nothing' });
  });

  it('holds a host, a type, a key and perhaps a comment', () => {
    expect(parseKnownHostsLine(`node-1,10.0.0.1\tssh-ed25519  ${ed25519} root@node-1 made 2024\r`, 'f:7')).toEqual({
      kind: 'entry',
      entry: {
        marker: undefined,
        hosts: { kind: 'names', names: ['node-1', '10.0.0.1'] },
        keyType: 'ssh-ed25519',
        key: ed25519,
        place: 'f:7',
      },
    });
  });

  it.each(['revoked', 'cert-authority'])('may be marked @%s', (marker) => {
    expect(parseKnownHostsLine(`@${marker} * ssh-ed25519 ${ed25519}`, 'f:1')).toMatchObject({
      kind: 'entry',
      entry: { marker },
    });
  });

  it.each([
    `node-1 ssh-ed25519`,
    `node-1 ssh-rsa ${ed25519}`,
    `node-1 ssh-ed25519 !!!!`,
    `node-1 1024 35 123456789`,
    `@unknown node-1 ssh-ed25519 ${ed25519}`,
    `node-1 ssh-ed25519 AAAA`,
  ])('is malformed: %s', (line) => {
    expect(parseKnownHostsLine(line, 'f:1')).toEqual({ kind: 'malformed', revoking: false });
  });

  it.each(['@revoked', '@revoked * ssh-ed25519', `@revoke * ssh-ed25519 ${ed25519}`, `@revoked * ssh-rsa ${ed25519}`])(
    'is malformed and was to revoke a key: %s',
    (line) => {
      expect(parseKnownHostsLine(line, 'f:1')).toEqual({ kind: 'malformed', revoking: true });
    },
  );

  it('is read for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['entry', 'nothing', 'malformed']).toContain(parseKnownHostsLine(text, 'f:1').kind);
      }),
    );
  });

  it('gives back what was written into it', () => {
    const name = fc.string({ unit: fc.constantFrom(...'abcxyz019.-[]:'.split('')), minLength: 1, maxLength: 20 });
    const type = fc.constantFrom('ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256');
    const blank = fc.string({ unit: fc.constantFrom(' ', '\t'), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 3 }),
        type,
        fc.string(),
        blank,
        (names, keyType, rest, gap) => {
          const key = blobOf(keyType, rest);
          const parsed = parseKnownHostsLine([names.join(','), keyType, key].join(gap), 'f:1');
          expect(parsed).toMatchObject({ kind: 'entry', entry: { hosts: { names }, keyType, key } });
        },
      ),
    );
  });
});
