/** What kubelet keeps of an `https://` URL. */
export interface GoUrl {
  /** With its port; whatever case it was written in. */
  readonly host: string;
  /** Decoded; empty or beginning with `/`. */
  readonly path: string;
}

/**
 * Go's shouldEscape for hosts, and for the part before `@`: what may stand there unescaped. Brackets hold an IP address
 * (since Go 1.24.8).
 */
const hostCharacters = /^(?:\[[0-9A-Fa-f:.]+\](?::\d*)?|[A-Za-z0-9\-_.~!$&'()*+,;=:<>"\u0080-\u{10ffff}]*)$/u;
const userCharacters = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/u;

/**
 * `https://` and this text, read by the rules of Go's net/url (url.go, parse), which are not those of WHATWG: a host
 * keeps its case and may hold `*`, a path is decoded. Undefined where Go refuses it; percent signs in a host, which no
 * registry has, are refused as well.
 */
export function readSchemeless(text: string): GoUrl | undefined {
  if (Array.from(text).some((character) => character < ' ' || character === '\u007f')) return undefined;
  // Up to the query or the fragment: the authority, then the path.
  const [, authority = '', encoded = ''] = /^([^/?#]*)([^?#]*)/u.exec(text) ?? [];
  const path = decodePath(encoded);
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const isValid =
    userCharacters.test(authority.slice(0, Math.max(at, 0))) && hostCharacters.test(host) && hasValidPort(host);
  return isValid && path !== undefined ? { host, path } : undefined;
}

/** A host taken apart: net.SplitHostPort, and all of it the host where that fails. */
export function splitPort(host: string): { readonly name: string; readonly port: string } {
  const [, bracketed, plain, port = ''] = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/u.exec(host) ?? [];
  const name = bracketed ?? plain;
  return name === undefined ? { name: host, port: '' } : { name, port };
}

/** parseHost, validOptionalPort: digits alone after the last colon, after the bracket of an IPv6 address. */
function hasValidPort(host: string): boolean {
  if (host.startsWith('[')) return true;
  const colon = host.lastIndexOf(':');
  return colon === -1 || /^\d*$/u.test(host.slice(colon + 1));
}

function decodePath(path: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/u.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    // No UTF-8: no repository has such a path, so that it matches none.
    return path;
  }
}
