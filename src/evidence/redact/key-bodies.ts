import { mask, replaceParts, type Masked } from './mask.ts';

/**
 * How keys begin when the line that says so is missing: RSA as PKCS 1 and 8, elliptic curves and Ed25519 as PKCS 8 and
 * SEC 1, encrypted PKCS 8, OpenSSH's own, and any of them in base64 once more (as a Secret has it). Certificates and
 * public keys begin otherwise.
 */
const begins = [
  String.raw`MII[A-Za-z0-9+/]{2}[A-Za-z0-9+/]IBA(?:AKCA|DANBgkqhkiG)`,
  'MIIB[A-Za-z0-9+/]{2}IBADAN',
  'MIG[A-Za-z0-9+/]AgEAMBMG',
  'MI(?:G[A-Za-z0-9+/]AgEBB[CD]|HcAgEBBE)',
  'MHcCAQEE',
  'MC4CAQAwBQYDK2V',
  'MII[A-Za-z0-9+/]{3}B[A-Za-z0-9+/]{1,3}BgkqhkiG9w0BBQ',
  'b3BlbnNzaC1rZXktdj',
  'LS0tLS1CRUdJTi[A-Za-z0-9+/]{0,40}(?:UFJJVkFURS|BSSVZBVE|QUklWQVRF)',
];
const begin = new RegExp(`(?<![A-Za-z0-9+/])(?:${begins.join('|')})`, 'g');
/** Lines of base64, with the marks of a diff, and newlines as JSON writes them. */
const body = /[A-Za-z0-9+/=]*(?:(?:\r?\n[ \t+-]*|\\r?\\?n)[A-Za-z0-9+/=]{16}[A-Za-z0-9+/=]*(?=\r?\n|\\|["']|$))*/y;
/** PuTTY's format has no lines of dashes. */
const putty = /(Private-Lines: \d{1,4}(?:\r?\n|\\n))((?:[ \t+-]*[A-Za-z0-9+/=]{1,80}(?:\r?\n|\\n))*)/g;

/** Private keys whose first line is not there. */
export function maskKeyBodies(text: string): string {
  const parts: Masked[] = [];
  let done = 0;
  for (const { index } of text.matchAll(begin)) {
    if (index < done) continue;
    body.lastIndex = index;
    body.test(text);
    done = body.lastIndex;
    parts.push({ start: index, end: done, by: text.slice(index, done).replaceAll(/[A-Za-z0-9+/=]{16,}/g, mask) });
  }
  const masked = replaceParts(text, parts);
  if (!masked.includes('Private-Lines:')) return masked;
  return masked.replaceAll(
    putty,
    (_all, head: string, lines: string) => head + lines.replaceAll(/[A-Za-z0-9+/=]{1,80}/g, mask),
  );
}
