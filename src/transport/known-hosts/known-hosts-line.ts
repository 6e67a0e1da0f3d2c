import { parseHostField, type HostField } from './host-pattern.ts';

/** One usable line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHostsEntry {
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  readonly hosts: HostField;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … */
  readonly keyType: string;
  /** The public key's blob, base64 in its one canonical form. */
  readonly key: string;
  /** `path:line`, for people. */
  readonly place: string;
}

export type ParsedLine =
  | { readonly kind: 'entry'; readonly entry: KnownHostsEntry }
  | { readonly kind: 'nothing' }
  /** `revoking`: it may have been meant to revoke a key, so skipping it is not safe. */
  | { readonly kind: 'malformed'; readonly revoking: boolean };

type Marker = KnownHostsEntry['marker'];

export function parseKnownHostsLine(text: string, place: string): ParsedLine {
  const line = text.trim();
  if (line === '' || line.startsWith('#')) return { kind: 'nothing' };
  const entry = parseEntry(line.split(/[ \t]+/), place);
  return entry ? { kind: 'entry', entry } : { kind: 'malformed', revoking: /^@rev/i.test(line) };
}

function parseEntry(words: readonly string[], place: string): KnownHostsEntry | undefined {
  const marked = words[0]?.startsWith('@') === true;
  const marker = marked ? markerOf(words[0]) : undefined;
  const [hostField = '', keyType = '', keyText = ''] = marked ? words.slice(1) : words;
  const hosts = parseHostField(hostField);
  const key = parseKey(keyType, keyText);
  if (hosts === undefined || key === undefined || marker === null) return undefined;
  return { marker, hosts, keyType, key, place };
}

/** `null` for a marker that OpenSSH does not have. */
function markerOf(word: string | undefined): Marker | null {
  if (word === '@revoked') return 'revoked';
  return word === '@cert-authority' ? 'cert-authority' : null;
}

/** The blob in canonical base64, when it is one and names that type itself (RFC 4253 section 6.6). */
function parseKey(keyType: string, text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const blob = Buffer.from(text, 'base64');
  return keyTypeOf(blob) === keyType ? blob.toString('base64') : undefined;
}

/** The type that a public key's blob starts with; undefined when it is not a blob. */
export function keyTypeOf(blob: Buffer): string | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > blob.length - 4) return undefined;
  return blob.toString('latin1', 4, 4 + length);
}
