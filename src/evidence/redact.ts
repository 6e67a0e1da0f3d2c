import { isUtf8 } from 'node:buffer';
import { maskAuthorization } from './redact/authorization.ts';
import { maskCommandSecrets } from './redact/command-secrets.ts';
import { maskKeyBodies } from './redact/key-bodies.ts';
import { maskKnownTokens } from './redact/known-tokens.ts';
import { maskNameValuePairs } from './redact/name-value-pairs.ts';
import { maskNamedSecrets } from './redact/named-secrets.ts';
import { maskPasswordLines } from './redact/password-lines.ts';
import { maskPrivateKeys } from './redact/private-keys.ts';
import { maskProviderTokens } from './redact/provider-tokens.ts';
import { maskRandomTokens } from './redact/random-tokens.ts';
import { maskSecretObjects } from './redact/secret-objects.ts';
import { maskSecretUrls } from './redact/secret-urls.ts';
import { maskProxyCredentials, maskUrlCredentials } from './redact/url-credentials.ts';

/** In this order: what has a form of its own before what only a name or a place tells. */
export const rules: readonly ((text: string) => string)[] = [
  maskPrivateKeys,
  maskKeyBodies,
  maskUrlCredentials,
  maskProxyCredentials,
  maskSecretUrls,
  maskKnownTokens,
  maskProviderTokens,
  maskRandomTokens,
  maskAuthorization,
  maskSecretObjects,
  maskNameValuePairs,
  maskNamedSecrets,
  maskCommandSecrets,
  maskPasswordLines,
];

/** What one rule masked may uncover a shape for another; in practice the second round changes nothing. */
const mostRounds = 10;

/**
 * The text with secrets masked: credentials in URLs and proxies, private keys, known tokens, and the values of keys
 * that name a secret. The second line of defence: the first is that probes do not read what is known to hold secrets.
 * Used wherever text of a node is kept or shown (evidence, diffs, journal, logs). All that is not a secret is kept as
 * it is, every line stays a line, doing it twice changes nothing, and the time is linear. A text is masked as a whole
 * before it is cut or compared, because half a secret has no shape.
 */
export function redactText(text: string): string {
  const short = text.replaceAll(digest, '$1');
  return short.length < text.length && maskAll(short) === short ? text : maskAll(text);
}

/**
 * What images and layers are called by. Two thirds of a list of images are such digits, and no rule finds a secret in
 * them: a digest is one only by the name before it, whose rule takes a value of any length. So rules are first shown
 * the text with few of the digits, and the whole of it only where they find something.
 */
const digest = /(sha256:[0-9a-f]{8})[0-9a-f]{56}(?![0-9A-Za-z_-])/g;

function maskAll(text: string): string {
  let masked = text;
  for (let round = 0; round < mostRounds; round += 1) {
    const before = masked;
    for (const rule of rules) masked = rule(masked);
    if (masked === before) break;
  }
  return masked;
}

/** The same for bytes that may not be text: what of them is ASCII is looked at. */
export function redactBytes(bytes: Uint8Array): Uint8Array {
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
  const masked = redactText(text);
  return masked === text ? bytes : Buffer.from(masked, encoding);
}
