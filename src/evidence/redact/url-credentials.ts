import { mask, replaceParts, type Masked } from './mask.ts';

/** `://`, and as some JSON writers have it, `:\/\/`. */
const slashes = /:(?:\/\/|\\\/\\\/)/g;
/** What ends a URL in configuration files and shell text. A backslash does not: JSON may write `&` as `\u0026`. */
const urlEnd = /[\s"'`<>|(){}[\],;]/g;
const authorityEnd = /[/?#\s"'`<>|(){}[\],;]/g;
/** A login name alone is not a secret in these, and mostly `git`. */
const loginScheme = /(?:ssh|sftp|rsync)$/i;
const proxyKey = /proxy["'\\]{0,2}\s{0,8}[:=]\s{0,8}\\?["']?/gi;

/**
 * `scheme://user:password@host` becomes `scheme://***:***@host`, wherever it stands. Linear: each search goes on where
 * the last one of its kind ended.
 */
export function maskUrlCredentials(text: string): string {
  if (!text.includes('://') && !text.includes(String.raw`:\/\/`)) return text;
  const parts: Masked[] = [];
  const nextAt = cachedSearch((from) => text.indexOf('@', from), text.length);
  const nextEnd = cachedSearch((from) => find(urlEnd, text, from), text.length);
  let done = 0;
  for (const { index, 0: separator } of text.matchAll(slashes)) {
    const start = index + separator.length;
    if (start < done) continue;
    const end = credentialsEnd(text, start, { at: nextAt(start), urlEnd: nextEnd(start) });
    if (end === undefined) continue;
    const withPassword = text.slice(start, end).includes(':');
    if (!withPassword && loginScheme.test(text.slice(Math.max(0, index - 5), index))) continue;
    parts.push({ start, end, by: withPassword ? `${mask}:${mask}` : mask });
    done = end;
  }
  return replaceParts(text, parts);
}

/** `http_proxy=user:password@host:3128`: curl and others take a proxy without its scheme. */
export function maskProxyCredentials(text: string): string {
  const parts: Masked[] = [];
  let done = 0;
  for (const { index, 0: key } of text.matchAll(proxyKey)) {
    const start = index + key.length;
    if (start < done) continue;
    done = find(urlEnd, text, start);
    const value = text.slice(start, done);
    const at = value.lastIndexOf('@');
    // With a scheme, it is the other rule's.
    if (at > 0 && value.slice(0, at).includes(':') && !/:\\?\//.test(value)) {
      parts.push({ start, end: start + at, by: `${mask}:${mask}` });
    }
  }
  return replaceParts(text, parts);
}

/** Where the `user:password` of a URL whose authority starts at `start` ends; undefined when it has none. */
function credentialsEnd(
  text: string,
  start: number,
  next: { readonly at: number; readonly urlEnd: number },
): number | undefined {
  const end = find(authorityEnd, text, start);
  const authority = text.slice(start, end);
  if (next.at < end) return start + authority.lastIndexOf('@');
  // No port follows this colon: a password with a `/`, `?` or `#` in it, or one that was cut off with the text.
  if (!/^[^:[]*:(?!\*\*\*)[^\d]/.test(authority)) return undefined;
  if (next.at < next.urlEnd) return start + text.slice(start, next.urlEnd).lastIndexOf('@');
  return next.urlEnd === text.length ? text.length : undefined;
}

/** Place of the next match, or the end of the text. */
function find(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

/** A forward search that is asked with growing places and does not look at the same text twice. */
function cachedSearch(search: (from: number) => number, none: number): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) found = search(from);
    if (found < 0) found = none;
    return found;
  };
}
