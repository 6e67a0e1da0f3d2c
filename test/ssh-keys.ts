import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type KeyType = 'ed25519' | 'ecdsa' | 'rsa';

/** A key pair made by ssh-keygen. */
export interface SshKey {
  /** The private key's file; the public one ends in `.pub`. */
  readonly path: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicLine: string;
  /** `SHA256:…` as ssh-keygen prints it. */
  readonly fingerprint: string;
}

export interface SshKeyOptions {
  readonly type?: KeyType;
  readonly passphrase?: string;
  /** The PEM form of older OpenSSH releases, which hides the public half of an encrypted key. */
  readonly pem?: boolean;
}

export function makeSshKey(
  folder: string,
  name: string,
  { type = 'ed25519', passphrase = '', pem = false }: SshKeyOptions = {},
): SshKey {
  const path = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', path, ...(pem ? ['-m', 'PEM'] : [])]);
  const printed = execFileSync('ssh-keygen', ['-l', '-f', `${path}.pub`], { encoding: 'utf8' });
  return { path, publicLine: readFileSync(`${path}.pub`, 'utf8').trim(), fingerprint: printed.split(' ')[1] ?? '' };
}

/** Puts a passphrase on a key that has none. */
export function encryptSshKey(key: SshKey, passphrase: string): void {
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', key.path]);
}
