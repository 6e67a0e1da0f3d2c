import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashHost } from './host-pattern.ts';
import { KnownHosts } from './known-hosts.ts';
import { parseKnownHostsLine, type KnownHostsEntry } from './known-hosts-line.ts';

const blob = (type: string, seed: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type + seed)]);
};
const ed = (seed: string): Buffer => blob('ssh-ed25519', seed);
const rsa = (seed: string): Buffer => blob('ssh-rsa', seed);
const hashed = (id: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${hashHost(salt, id).toString('base64')}`;
};
const line = (hosts: string, key: Buffer): string =>
  `${hosts} ${key.toString('latin1', 4, 4 + key.readUInt32BE(0))} ${key.toString('base64')}`;

const known = (...lines: readonly string[]): KnownHosts =>
  new KnownHosts(
    lines.map((text, index): KnownHostsEntry => {
      const parsed = parseKnownHostsLine(text, `known_hosts:${index + 1}`);
      if (parsed.kind !== 'entry') throw new Error(text);
      return parsed.entry;
    }),
  );

describe.each([
  ['plain', (id: string) => id],
  ['hashed', hashed],
])('known hosts, %s', (_, write) => {
  const id = write;

  it('know the key of a host', () => {
    expect(known(line(id('10.0.0.1'), ed('a'))).check('10.0.0.1', 22, ed('a'))).toEqual({ state: 'known' });
  });

  it('know one of several keys', () => {
    const hosts = known(line(id('node'), ed('a')), line(id('node'), rsa('b')), line(id('node'), ed('c')));
    expect([ed('a'), rsa('b'), ed('c')].map((key) => hosts.check('node', 22, key).state)).toEqual([
      'known',
      'known',
      'known',
    ]);
  });

  it('do not know another host by the same key', () => {
    expect(known(line(id('node-1'), ed('a'))).check('node-2', 22, ed('a'))).toEqual({ state: 'unknown' });
  });

  it('see that the key changed, and where the old one is', () => {
    const hosts = known(line(id('other'), ed('x')), line(id('node'), ed('a')));
    expect(hosts.check('node', 22, ed('b'))).toEqual({ state: 'changed', place: 'known_hosts:2' });
  });

  it('see that only other types are known', () => {
    const hosts = known(line(id('node'), rsa('a')));
    expect(hosts.check('node', 22, ed('b'))).toEqual({
      state: 'other-types',
      types: ['ssh-rsa'],
      place: 'known_hosts:1',
    });
  });

  it('take a key that is known for port 22 only on a port that no line mentions', () => {
    const hosts = known(line(id('[node]:2222'), ed('a')), line(id('node'), ed('b')));
    expect(hosts.check('node', 2222, ed('a'))).toEqual({ state: 'known' });
    expect(hosts.check('node', 2222, ed('b'))).toEqual({ state: 'changed', place: 'known_hosts:1' });
    expect(hosts.check('node', 2200, ed('b'))).toEqual({ state: 'known' });
    expect(hosts.check('node', 22, ed('a'))).toEqual({ state: 'changed', place: 'known_hosts:2' });
    expect(hosts.check('node', 2200, ed('c'))).toEqual({ state: 'unknown' });
  });

  it('refuse a revoked key, also where a line knows it', () => {
    const hosts = known(line(id('node'), ed('a')), `@revoked ${line('*', ed('a'))}`);
    expect(hosts.check('node', 22, ed('a'))).toEqual({ state: 'revoked', place: 'known_hosts:2' });
    expect(hosts.check('node', 2222, ed('a'))).toEqual({ state: 'revoked', place: 'known_hosts:2' });
  });

  it('do not take the key of a certificate authority for the host’s own', () => {
    const hosts = known(`@cert-authority ${line('*.example', ed('ca'))}`);
    expect(hosts.check('node.example', 22, ed('ca'))).toEqual({ state: 'certificate-only', place: 'known_hosts:1' });
    expect(hosts.check('node.example', 22, ed('own'))).toEqual({ state: 'certificate-only', place: 'known_hosts:1' });
    expect(hosts.check('elsewhere', 22, ed('own'))).toEqual({ state: 'unknown' });
  });

  it('are asked without regard to case', () => {
    expect(known(line(id('node-a'), ed('a'))).check('Node-A', 22, ed('a'))).toEqual({ state: 'known' });
  });
});

describe('the key types to ask for first', () => {
  it('are those that names and patterns tell', () => {
    const hosts = known(line('node', rsa('a')), line('10.*', ed('b')), `@cert-authority ${line('node', ed('c'))}`);
    expect(hosts.likelyTypes('node', 22)).toEqual(['ssh-rsa']);
    expect(hosts.likelyTypes('10.1.1.1', 22)).toEqual(['ssh-ed25519']);
    expect(hosts.likelyTypes('other', 22)).toEqual([]);
  });

  it('are those that most hashed lines hold, where names are hashed', () => {
    const hosts = known(line(hashed('a'), ed('1')), line(hashed('b'), rsa('2')), line(hashed('c'), rsa('3')));
    expect(hosts.likelyTypes('c', 22)).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });
});

describe('many hashed lines', () => {
  it('cost one HMAC for a key that is known', () => {
    const lines = Array.from({ length: 6000 }, (_, index) =>
      line(hashed(`10.0.${index >> 8}.${index & 255}`), ed(String(index))),
    );
    const hosts = known(...lines);
    const start = performance.now();
    for (let index = 0; index < 2000; index++)
      expect(hosts.check(`10.0.${index >> 8}.${index & 255}`, 22, ed(String(index))).state).toBe('known');
    // Searching all lines for each host would be 12 million HMACs: half a minute.
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
