import { isUtf8 } from 'node:buffer';
import { maskKnownTokens } from './redact/known-tokens.ts';
import { maskNamedSecrets } from './redact/named-secrets.ts';
import { maskPrivateKeys } from './redact/private-keys.ts';
import { maskProxyCredentials, maskUrlCredentials } from './redact/url-credentials.ts';

/** In this order: what has a form of its own before what only a name tells. */
const rules = [maskPrivateKeys, maskUrlCredentials, maskProxyCredentials, maskKnownTokens, maskNamedSecrets] as const;

/** What one rule masked may uncover a shape for another; in practice the second round changes nothing. */
const mostRounds = 10;

/**
 * The text with secrets masked: credentials in URLs and proxies, private keys, known tokens, and the values of keys
 * that name a secret. The second line of defence: the first is that probes do not read what is known to hold secrets.
 * Used wherever text of a node is kept or shown (evidence, diffs, journal, logs). All that is no secret is kept as it
 * is, every line stays a line, doing it twice changes nothing, and the time is linear. A text is masked as a whole
 * before it is cut or compared, because half a secret has no shape.
 */
export function redactText(text: string): string {
  let masked = text;
  for (let round = 0; round < mostRounds; round += 1) {
    const before = masked;
    for (const rule of rules) masked = rule(masked);
    if (masked === before) break;
  }
  return masked;
}

/** The same for bytes that may be no text: what of them is ASCII is looked at. */
export function redactBytes(bytes: Uint8Array): Uint8Array {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
  const masked = redactText(text);
  return masked === text ? bytes : Buffer.from(masked, encoding);
}
