/**
 * The grammar of image references, as expressions: distribution/reference, regexp.go (v0.6.0), which kubelet,
 * containerd, dockerd and the registries parse with. Its names are kept, so that the two can be read side by side.
 */
const alphanumeric = '[a-z0-9]+';
/** One period, one or two underscores, any number of dashes. */
const separator = '(?:[._]|__|[-]+)';
const domainNameComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
/** Without zone (RFC 6874) and without an IPv4 part: upstream leaves both out on purpose. */
const ipv6address = String.raw`\[(?:[a-fA-F0-9:]+)\]`;
const domainName = String.raw`${domainNameComponent}(?:\.${domainNameComponent})*`;
const domainAndPort = `(?:${domainName}|${ipv6address})(?::[0-9]+)?`;
const pathComponent = `${alphanumeric}(?:${separator}${alphanumeric})*`;
const remoteName = `${pathComponent}(?:/${pathComponent})*`;

/** A whole reference: name, tag, digest. */
export const referencePattern = new RegExp(`^((?:${domainAndPort}/)?${remoteName})(?::(${tag}))?(?:@(${digest}))?$`);

/** A name: domain, remote name. */
export const namePattern = new RegExp(`^(?:(${domainAndPort})/)?(${remoteName})$`);

/** An image id, which cannot be a name: it would be taken for the id. */
export const identifierPattern = /^[a-f0-9]{64}$/;

/** What go-digest calls well formed whatever the algorithm (digest.go, DigestRegexp). */
export const anyDigestPattern = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** Hexadecimal digits of the algorithms that go-digest registers (algorithm.go). */
export const digestLengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** Characters of a name without its domain (reference.go, RepositoryNameTotalLengthMax). */
export const longestRepository = 255;
