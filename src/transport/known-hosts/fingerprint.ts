import { createHash } from 'node:crypto';

/** `SHA256:…` of a public key's blob, as ssh and ssh-keygen print it. */
export function keyFingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}
