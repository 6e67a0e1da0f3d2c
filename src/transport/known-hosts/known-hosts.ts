import { hostId, sshPort } from './host-id.ts';
import { matchesHost } from './host-pattern.ts';
import { keyTypeOf, type KnownHostsEntry } from './known-hosts-line.ts';

/** What known_hosts says of a key that a host presented. `place` is `path:line`. */
export type HostKeyVerdict =
  | { readonly state: 'known' }
  | { readonly state: 'unknown' }
  /** The host is known by other keys of this type. */
  | { readonly state: 'changed'; readonly place: string }
  /** The host is known by keys of other types only; it may still have those. */
  | { readonly state: 'other-types'; readonly types: readonly string[]; readonly place: string }
  | { readonly state: 'revoked'; readonly place: string }
  /** Only a certificate authority vouches for the host. */
  | { readonly state: 'certificate-only'; readonly place: string };

/**
 * The known hosts of all files together. A key that is in them is found by the key, so that of thousands of hashed
 * lines (each an HMAC) only its own are computed; all are searched only for a key that is not.
 */
export class KnownHosts {
  readonly #byKey = new Map<string, KnownHostsEntry[]>();
  readonly #byName = new Map<string, KnownHostsEntry[]>();
  /** Entries that no name leads to: patterns and hashes. */
  readonly #nameless: KnownHostsEntry[] = [];
  readonly #hashedTypes = new Map<string, number>();

  constructor(entries: readonly KnownHostsEntry[]) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: KnownHostsEntry): void {
    append(this.#byKey, entry.key, entry);
    if (entry.hosts.kind === 'names') {
      for (const name of new Set(entry.hosts.names)) append(this.#byName, name, entry);
      return;
    }
    this.#nameless.push(entry);
    if (entry.hosts.kind === 'hashed' && entry.marker === undefined) {
      this.#hashedTypes.set(entry.keyType, (this.#hashedTypes.get(entry.keyType) ?? 0) + 1);
    }
  }

  check(address: string, port: number, blob: Buffer): HostKeyVerdict {
    const id = hostId(address, port);
    const withKey = this.#byKey.get(blob.toString('base64')) ?? [];
    const about = (name: string): readonly KnownHostsEntry[] => withKey.filter(({ hosts }) => matchesHost(hosts, name));
    const here = about(id);
    const onPort22 = port === sshPort ? [] : about(hostId(address, sshPort));
    // Revoked for the host is revoked: stricter than OpenSSH, which asks the plain name only as below.
    const revoked = [...here, ...onPort22].find(({ marker }) => marker === 'revoked');
    if (revoked) return { state: 'revoked', place: revoked.place };
    if (here.some(isPlain)) return { state: 'known' };
    const entries = this.#entriesOf(id);
    // As OpenSSH's check_host_key: a key known for the host on port 22 is accepted on a port that no line mentions.
    if (onPort22.some(isPlain) && !entries.some(isPlain)) return { state: 'known' };
    return judgeStranger(entries, keyTypeOf(blob));
  }

  /**
   * Key types to ask the host for first. Asking for one that is not known would make a valid host look changed. Names
   * and patterns tell exactly; where lines are hashed, what most of them hold, because searching all for each host is
   * what costs.
   */
  likelyTypes(address: string, port: number): readonly string[] {
    const id = hostId(address, port);
    const named = [
      ...(this.#byName.get(id) ?? []),
      ...this.#nameless.filter(({ hosts }) => hosts.kind === 'patterns' && matchesHost(hosts, id)),
    ];
    const types = named.filter(({ marker }) => marker === undefined).map(({ keyType }) => keyType);
    if (types.length > 0) return [...new Set(types)];
    return [...this.#hashedTypes].toSorted(([, a], [, b]) => b - a).map(([type]) => type);
  }

  #entriesOf(id: string): readonly KnownHostsEntry[] {
    return [...(this.#byName.get(id) ?? []), ...this.#nameless.filter(({ hosts }) => matchesHost(hosts, id))];
  }
}

function isPlain({ marker }: KnownHostsEntry): boolean {
  return marker === undefined;
}

/** For a key that no line holds for the host: what do the host's own lines hold? */
function judgeStranger(entries: readonly KnownHostsEntry[], keyType: string | undefined): HostKeyVerdict {
  const plain = entries.filter(isPlain);
  const sameType = plain.find((entry) => entry.keyType === keyType);
  if (sameType) return { state: 'changed', place: sameType.place };
  const [other] = plain;
  if (other)
    return { state: 'other-types', types: [...new Set(plain.map((entry) => entry.keyType))], place: other.place };
  const authority = entries.find(({ marker }) => marker === 'cert-authority');
  return authority ? { state: 'certificate-only', place: authority.place } : { state: 'unknown' };
}

function append(map: Map<string, KnownHostsEntry[]>, key: string, entry: KnownHostsEntry): void {
  const list = map.get(key);
  if (list) list.push(entry);
  else map.set(key, [entry]);
}
