import type { Password } from './password.ts';

/** When a password ends, as far as it says so itself. Most say nothing: that is not a promise. */
export type Expiry = { readonly state: 'known'; readonly at: string } | { readonly state: 'unknown' };

/** The latest time that a Date can hold, in seconds. */
const longestSeconds = 8_640_000_000_000;

/**
 * The end of a JSON Web Token (RFC 7519, 4.1.4 `exp`, seconds since 1970), which tokens of Azure, GitLab and some
 * others are. The signature is not looked at: nobody is let in here, and a forged end helps nobody. Everything else is
 * `unknown`.
 */
export function expiryOf(password: Password): Expiry {
  const [header, payload, signature, ...more] = password.reveal().split('.');
  if (signature === undefined || more.length > 0 || jsonOf(header) === undefined) return { state: 'unknown' };
  const ends = jsonOf(payload)?.['exp'];
  if (typeof ends !== 'number' || !(Math.abs(ends) <= longestSeconds)) return { state: 'unknown' };
  return { state: 'known', at: new Date(ends * 1000).toISOString() };
}

function jsonOf(part: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (part === undefined || !/^[A-Za-z0-9_-]+$/u.test(part)) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
