import { isInvalid, parseReference } from './reference/image-reference.ts';
import { checkedReplacements, isBelow, type Replacement } from './replacement.ts';

/**
 * How `docker.pkg.github.com/OWNER/REPO/IMAGE` is called on ghcr.io: as GitHub moved it, or as many owners published it
 * again.
 */
export type GitHubLayout = 'owner/repo/image' | 'owner/image';

/** What a reference to a retired registry should become. */
export type Successor =
  | {
      readonly action: 'change';
      readonly reference: string;
      /** The line of the user's table that it follows from; absent for one of nodemend's own rules. */
      readonly replacement?: Replacement;
    }
  /** It has no successor that follows from its name, or one that a registry or a person has to be asked for. */
  | {
      readonly action: 'report';
      readonly reason: SuccessorReason;
      readonly reference?: string;
      /** Under which else its registry may have it, the likeliest first. */
      readonly others?: readonly string[];
    };

export type SuccessorReason =
  | 'names-differ'
  | 'unverified-digest'
  | 'cluster-registry'
  | 'no-reference'
  /** Its registry was asked, and has no such image. */
  | 'not-there'
  /** Its registry was asked, and did not say. */
  | 'not-verified';

/** What becomes of a written reference; undefined for one that is not a retired registry's. */
export type FindSuccessor = (written: string) => Successor | undefined;

type Rule = (path: string, layout: GitHubLayout) => Successor;

const change = (reference: string): Successor => ({ action: 'change', reference });

/**
 * The projects that k8s.gcr.io was another name of, and the regional names of each (kubernetes/registry.k8s.io,
 * "k8s.gcr.io redirect"; kubernetes.io blog, 2023-02-06).
 */
const googleProjects: readonly string[] = ['', 'us.', 'eu.', 'asia.'].flatMap((region) =>
  ['google_containers', 'google-containers', 'k8s-artifacts-prod'].map((project) => `${region}gcr.io/${project}/`),
);

/**
 * By what a written reference begins with; the rest, tag and digest included, is the `path`. Offline and unverified:
 * whether the successor is there, only its registry can say.
 */
const rules: readonly (readonly [prefix: string, Rule])[] = [
  ['docker.pkg.github.com/', gitHub],
  // A host that never was: ghcr.io as the NKS troubleshooting guide prints it.
  ['gchr.io/', (path) => change(`ghcr.io/${path}`)],
  // Path for path, with the same digests (kubernetes.io blog, 2023-02-06).
  ['k8s.gcr.io/', (path) => change(`registry.k8s.io/${path}`)],
  ...googleProjects.map((prefix): readonly [string, Rule] => [prefix, (path) => change(`registry.k8s.io/${path}`)]),
  ['quay.io/coreos/flannel', flannel],
  // Each cluster's label nks_registry_url names its own.
  ['harbor-kr1.cloud.toastoven.net/', () => ({ action: 'report', reason: 'cluster-registry' })],
];

/** Every retired name begins with one of these. */
export const retiredPrefixes: readonly string[] = rules.map(([prefix]) => prefix);

/** What is known of names that have moved: by nodemend's own rules, and by the user's table before them. */
export interface RetiredNames {
  /**
   * Undefined for a text that is not an image reference of a retired registry, from its first character to its last.
   */
  readonly successorOf: (written: string, layout?: GitHubLayout) => Successor | undefined;
  /** What a retired name of nodemend's own rules begins with. */
  readonly prefixes: readonly string[];
  /** The user's table, the longest name first. */
  readonly replacements: readonly Replacement[];
  /** Hosts where everything is retired. */
  readonly hosts: readonly string[];
}

const ownHosts = retiredPrefixes
  .filter((prefix) => prefix.indexOf('/') === prefix.length - 1)
  .map((prefix) => prefix.slice(0, -1));

/** @param table in canonical names (`checkedReplacements`) */
export function retiredNames(table: readonly Replacement[] = []): RetiredNames {
  const replacements = table.toSorted((a, b) => b.from.length - a.from.length);
  return {
    successorOf: (written, layout) => replaced(written, replacements) ?? successorOf(written, layout),
    prefixes: retiredPrefixes,
    replacements,
    hosts: [...ownHosts, ...replacements.flatMap(({ from }) => (from.includes('/') ? [] : [from]))],
  };
}

/** By the user's table. A name on Docker Hub that is written without its registry stays short where it can. */
function replaced(written: string, replacements: readonly Replacement[]): Successor | undefined {
  if (replacements.length === 0) return undefined;
  const parsed = parseReference(written);
  if (isInvalid(parsed)) return undefined;
  const name = `${parsed.registry}/${parsed.repository}`;
  const line = replacements.find(({ from }) => isBelow(name, from));
  if (line === undefined) return undefined;
  const moved = line.to + name.slice(line.from.length);
  const { rest } = split(written);
  // A registry alone would be read as the name of an image on Docker Hub.
  if (!moved.includes('/') || isInvalid(parseReference(moved + rest)))
    return { action: 'report', reason: 'no-reference' };
  const isShort = !/^(?:index\.)?docker\.io\//u.test(written) && parsed.registry === hub;
  const short = isShort && moved.startsWith(`${hub}/`) ? moved.slice(hub.length + 1) : moved;
  const reference = (canonicalOf(short) === canonicalOf(moved) ? short : moved) + rest;
  return { action: 'change', reference, replacement: line };
}

/** What a name without tag is read as; undefined for none. */
function canonicalOf(name: string): string | undefined {
  const parsed = parseReference(name);
  return isInvalid(parsed) ? undefined : `${parsed.registry}/${parsed.repository}`;
}

const hub = 'docker.io';

/** By nodemend's own rules: undefined for a text that is not an image reference of a retired registry, as a whole. */
export function successorOf(written: string, layout: GitHubLayout = 'owner/repo/image'): Successor | undefined {
  const [prefix, rule] = rules.find(([start]) => written.startsWith(start)) ?? [];
  if (prefix === undefined || rule === undefined) return undefined;
  // GitHub took names of any case, and the grammar takes none.
  if (isInvalid(parseReference(lowerName(written)))) return undefined;
  const successor = rule(written.slice(prefix.length), layout);
  return successor.action === 'change' && isInvalid(parseReference(successor.reference))
    ? { action: 'report', reason: 'no-reference' }
    : successor;
}

const layouts: readonly GitHubLayout[] = ['owner/repo/image', 'owner/image'];

/**
 * Whether `to` is what the retired reference `from` may become, by these rules alone: so nobody else's word is needed
 * for it. Of a digest, and of GitHub's two layouts, only a registry can say which is there; each may be meant.
 */
export function isSuccessor(from: string, to: string): boolean {
  return to !== from && layouts.some((layout) => namesOf(successorOf(from, layout)).includes(to));
}

/** Every name under which a registry may have it, the likeliest first. */
export function namesOf(successor: Successor | undefined): readonly string[] {
  if (successor?.reference === undefined) return [];
  return [successor.reference, ...(successor.action === 'report' ? (successor.others ?? []) : [])];
}

/** Whether `to` is what `from` becomes by one line of a user's table, and the line is one that a table may have. */
export function isReplacement(from: string, to: string, line: Replacement): boolean {
  const checked = checkedReplacements([line], retiredPrefixes);
  return !('fault' in checked) && to !== from && replaced(from, checked)?.reference === to;
}

/**
 * GitHub, "Migrating to the Container registry": lower case, all three parts kept, tag unchanged. A digest is another
 * registry's, until asked.
 */
function gitHub(path: string, layout: GitHubLayout): Successor {
  const { name, rest } = split(path);
  const parts = name.toLowerCase().split('/');
  const kept = layout === 'owner/image' && parts.length === 3 ? [parts[0], parts[2]] : parts;
  const reference = `ghcr.io/${kept.join('/')}${rest}`;
  return rest.includes('@') ? { action: 'report', reason: 'unverified-digest', reference } : change(reference);
}

/** Tags of Flannel up to v0.15 are of one platform by their end; without it they are what all of these are in. */
const platformEnd = /-(?:amd64|arm64|arm|ppc64le|s390x|mips64le)$/u;

/**
 * Two of its images are at ghcr.io/flannel-io under their own names, with tags of their own: which of these is there, only
 * the registry can say. `flannel-cni-plugin` is not what `flannel-cni` was (it has one program of the many, and no
 * script to install them), so that it is never written in its place. Without a tag nobody knows which one is meant.
 */
function flannel(path: string): Successor {
  const [, name, tag = '', digest = ''] = /^(|-cni)((?::[^@]+)?)((?:@.+)?)$/u.exec(path) ?? [];
  if (name === undefined || tag + digest === '') return { action: 'report', reason: 'names-differ' };
  const named = (end: string): string => `ghcr.io/flannel-io/flannel${name}${end}`;
  const others = digest === '' && platformEnd.test(tag) ? [named(tag.replace(platformEnd, ''))] : [];
  const reference = named(tag + digest);
  return { action: 'report', reason: 'names-differ', reference, ...(others.length === 0 ? {} : { others }) };
}

/** A path's tag and digest apart from its name. */
function split(path: string): { readonly name: string; readonly rest: string } {
  // The colon of a port has a slash behind it.
  const end = path.search(/[:@](?!\d*\/)/);
  return end === -1 ? { name: path, rest: '' } : { name: path.slice(0, end), rest: path.slice(end) };
}

function lowerName(written: string): string {
  const { name, rest } = split(written);
  return name.toLowerCase() + rest;
}
