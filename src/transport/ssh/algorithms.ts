import type { Algorithms, KexAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/**
 * Group exchange costs ssh2 1.6 s of blocking work for each handshake (mscdex/ssh2#821, #934, #1031), so one server
 * without anything newer would stall all other connections: it is never offered. Finite-field groups are not either;
 * OpenSSH 10 no longer offers them itself.
 */
const keyExchange: KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
];

/** Signature algorithms for each type of host key; `ssh-rsa` with SHA-1 is not offered (off in OpenSSH since 8.8). */
const hostKeyAlgorithms: readonly (readonly [type: string, algorithms: readonly ServerHostKeyAlgorithm[]])[] = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
];

export interface HostKeyTypes {
  readonly types: readonly string[];
  /** Whether to ask for these alone, or for these first. */
  readonly only: boolean;
}

/** What to offer a server whose host key should be of certain types. */
export function offeredAlgorithms({ types, only }: HostKeyTypes): Algorithms {
  const wanted = types.flatMap((type) => hostKeyAlgorithms.filter(([known]) => known === type));
  const others = only ? [] : hostKeyAlgorithms.filter(([type]) => !types.includes(type));
  return { kex: keyExchange, serverHostKey: [...wanted, ...others].flatMap(([, algorithms]) => algorithms) };
}
