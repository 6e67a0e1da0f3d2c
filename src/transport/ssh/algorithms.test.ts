import { describe, expect, it } from 'vitest';
import { offeredAlgorithms } from './algorithms.ts';

describe('what is offered to a server', () => {
  it.each([true, false])('is never a key exchange over finite fields, which blocks for seconds (only: %s)', (only) => {
    const { kex } = offeredAlgorithms({ types: [], only });
    expect((kex as readonly string[]).every((name) => /^(curve25519|ecdh)/.test(name))).toBe(true);
  });

  it('is never a signature with SHA-1', () => {
    expect(offeredAlgorithms({ types: ['ssh-rsa'], only: false }).serverHostKey).not.toContain('ssh-rsa');
  });

  it('asks for the known type of host key first', () => {
    expect(offeredAlgorithms({ types: ['ssh-rsa', 'ecdsa-sha2-nistp256'], only: false }).serverHostKey).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ecdsa-sha2-nistp256',
      'ssh-ed25519',
      'ecdsa-sha2-nistp384',
      'ecdsa-sha2-nistp521',
    ]);
  });

  it('asks for the known type alone', () => {
    expect(
      offeredAlgorithms({ types: ['ssh-ed25519', 'sk-ssh-ed25519@openssh.com'], only: true }).serverHostKey,
    ).toEqual(['ssh-ed25519']);
  });

  it('asks ed25519 first of a host nothing is known of', () => {
    expect((offeredAlgorithms({ types: [], only: false }).serverHostKey as readonly string[])[0]).toBe('ssh-ed25519');
  });
});
