import { generateKeyPairSync, randomBytes } from 'node:crypto';

export interface SshKey {
  /** OpenSSH's own format, without a passphrase. */
  readonly private: string;
  /** `ssh-ed25519 AAAA…`, with a comment where one was given. */
  readonly public: string;
}

const algorithm = 'ssh-ed25519';

/**
 * Makes an ed25519 key in OpenSSH's format (openssh/PROTOCOL.key), which every release of sshd reads; PKCS 8 needs 9.6.
 * (`generateKeyPairSync` of ssh2 1.17 spoils about one ed25519 key in 250: it drops a leading zero byte.)
 */
export function makeSshKey(comment: string): SshKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d, x } = privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(d ?? '', 'base64url');
  const point = Buffer.from(x ?? '', 'base64url');
  const publicBlob = Buffer.concat([field(algorithm), field(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, publicBlob, field(Buffer.concat([seed, point])), field(comment)]);
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(publicBlob),
    field(padded(secret)),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    private: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
    public: [algorithm, publicBlob.toString('base64'), comment].join(' ').trim(),
  };
}

/** RFC 4251 `string`: four bytes of length, then the bytes. */
function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** To a multiple of the cipher's block size (8 for `none`) with the bytes 1, 2, 3 … */
function padded(secret: Buffer): Buffer {
  const missing = (8 - (secret.length % 8)) % 8;
  return Buffer.concat([secret, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))]);
}
