import {
  anyDigestPattern,
  digestLengths,
  identifierPattern,
  longestRepository,
  namePattern,
  referencePattern,
} from './grammar.ts';

/** An image reference with everything that is implied written out. */
export interface ImageReference {
  /**
   * `docker.io` for Docker Hub, whose host is registry-1.docker.io. With its port, when it has one. Empty when what
   * looks like a host is none (`a_b.c/d`): upstream accepts that as a path, and no runtime can pull it.
   */
  readonly registry: string;
  /** `library/nginx` */
  readonly repository: string;
  /** `latest` when neither tag nor digest is given. */
  readonly tag: string | null;
  /** `sha256:…`. With it, a tag is a remark: what is pulled is the digest. */
  readonly digest: string | null;
}

/** The grammar's own words for its refusal, as kubelet and the runtimes print them. */
export interface InvalidReference {
  readonly error: string;
}

/**
 * Reads an image reference as kubelet, containerd and dockerd do: distribution/reference v0.6.0, ParseNormalizedNamed.
 * Nothing else in nodemend looks inside a reference. Nothing is trimmed: a blank is a part of the text, and wrong
 * there.
 */
export function parseReference(text: string): ImageReference | InvalidReference {
  if (identifierPattern.test(text))
    return { error: `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings` };
  const { domain, remainder } = splitDomain(text);
  const remote = remainder.split(':')[0] ?? '';
  if (remote.toLowerCase() !== remote)
    return { error: `invalid reference format: repository name (${remote}) must be lowercase` };
  return parseWhole(`${domain}/${remainder}`);
}

/** reference.go, Parse. */
function parseWhole(text: string): ImageReference | InvalidReference {
  const match = referencePattern.exec(text);
  if (!match) return { error: formatError(text) };
  const [, name = '', tag, digest] = match;
  const [, registry = '', repository = name] = namePattern.exec(name) ?? [];
  if (repository.length > longestRepository)
    return { error: `repository name must not be more than ${longestRepository} characters` };
  const wrong = digestError(digest);
  if (wrong !== undefined) return { error: wrong };
  return { registry, repository, tag: tag ?? impliedTag(digest), digest: digest ?? null };
}

function impliedTag(digest: string | undefined): string | null {
  return digest === undefined ? 'latest' : null;
}

export function isInvalid(reference: ImageReference | InvalidReference): reference is InvalidReference {
  return 'error' in reference;
}

/** Written out: what the runtimes print in their messages. */
export function formatReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry === '' ? '' : `${registry}/`}${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`;
}

/** Docker Hub's own name, and the one it had before 2015. */
const hub = 'docker.io';
const oldHub = 'index.docker.io';

/**
 * What is before the first slash is a domain when it looks like one, and a namespace on Docker Hub when it does not
 * (normalize.go, splitDockerDomain).
 */
function splitDomain(text: string): { readonly domain: string; readonly remainder: string } {
  const slash = text.indexOf('/');
  if (slash === -1) return { domain: hub, remainder: `library/${text}` };
  const first = text.slice(0, slash);
  const looksLikeDomain = first === 'localhost' || /[.:]/.test(first) || first.toLowerCase() !== first;
  const domain = looksLikeDomain && first !== oldHub ? first : hub;
  const remainder = looksLikeDomain ? text.slice(slash + 1) : text;
  return { domain, remainder: domain === hub && !remainder.includes('/') ? `library/${remainder}` : remainder };
}

function formatError(whole: string): string {
  const lower = lowerCase(whole);
  return lower !== whole && referencePattern.test(lower)
    ? 'repository name must be lowercase'
    : 'invalid reference format';
}

/** As Go's: one character for each (U+0130 becomes `i` alone). */
function lowerCase(text: string): string {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (character) => String.fromCodePoint(character.toLowerCase().codePointAt(0) ?? 0)).join('');
}

/** go-digest v1.0.0, Digest.Validate. */
function digestError(digest: string | undefined): string | undefined {
  if (digest === undefined) return undefined;
  const [algorithm = '', encoded = ''] = digest.split(':');
  const length = digestLengths.get(algorithm);
  if (length === undefined)
    return anyDigestPattern.test(digest) ? 'unsupported digest algorithm' : 'invalid checksum digest format';
  if (encoded.length !== length) return 'invalid checksum digest length';
  return /^[a-f0-9]+$/.test(encoded) ? undefined : 'invalid checksum digest format';
}
