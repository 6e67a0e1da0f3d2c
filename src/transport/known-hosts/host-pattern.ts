import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who a line of known_hosts speaks of. */
export type HostField =
  /** Names without wildcards. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  /** `*` and `?` are wildcards, a pattern behind `!` excludes what others match (ssh_config(5), PATTERNS). */
  | { readonly kind: 'patterns'; readonly patterns: readonly HostPattern[] }
  /** `|1|salt|hash`: HMAC-SHA1 of the name, keyed with the salt (OpenSSH hostfile.c). */
  | { readonly kind: 'hashed'; readonly salt: Buffer; readonly hash: Buffer };

interface HostPattern {
  readonly negated: boolean;
  readonly expression: RegExp;
}

/** Bytes of a SHA-1, and of the salt that OpenSSH takes. */
export const hashLength = 20;

/** Reads the host field of a line; undefined when it is malformed. */
export function parseHostField(field: string): HostField | undefined {
  if (field.startsWith('|')) return parseHashed(field);
  const parts = field
    .toLowerCase()
    .split(',')
    .filter((part) => part !== '' && part !== '!');
  if (parts.length === 0) return undefined;
  if (!/[*?!]/.test(field)) return { kind: 'names', names: parts };
  return { kind: 'patterns', patterns: parts.map(toPattern) };
}

function parseHashed(field: string): HostField | undefined {
  const [, version, salt = '', hash = '', ...rest] = field.split('|');
  const bytes = { salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') };
  const wellFormed =
    version === '1' && rest.length === 0 && bytes.salt.length === hashLength && bytes.hash.length === hashLength;
  return wellFormed ? { kind: 'hashed', ...bytes } : undefined;
}

function toPattern(part: string): HostPattern {
  const negated = part.startsWith('!');
  const text = negated ? part.slice(1) : part;
  const source = text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, (character) => wildcards[character] ?? `\\${character}`);
  return { negated, expression: new RegExp(`^${source}$`, 's') };
}

const wildcards: Readonly<Record<string, string>> = { '*': '.*', '?': '.' };

/** Whether the field speaks of a host, given as `hostId` writes it. */
export function matchesHost(field: HostField, id: string): boolean {
  switch (field.kind) {
    case 'names':
      return field.names.includes(id);
    case 'patterns': {
      const matching = field.patterns.filter(({ expression }) => expression.test(id));
      return matching.length > 0 && !matching.some(({ negated }) => negated);
    }
    case 'hashed':
      return timingSafeEqual(hashHost(field.salt, id), field.hash);
  }
}

export function hashHost(salt: Buffer, id: string): Buffer {
  return createHmac('sha1', salt).update(id).digest();
}
