import ssh2 from 'ssh2';

export interface SshKey {
  /** OpenSSH's own format. */
  readonly private: string;
  /** `ssh-ed25519 AAAA…`, with a comment where one was given. */
  readonly public: string;
}

export function makeSshKey(comment: string): SshKey {
  const { private: secret, public: open } = ssh2.utils.generateKeyPairSync('ed25519', { comment });
  return { private: secret, public: open.trim() };
}
