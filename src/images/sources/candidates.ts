import { nksName, nksRegistries, withdrawnRegistry } from '../../platforms/nks/registry.ts';
import {
  formatReference,
  isInvalid,
  parseReference,
  type ImageReference,
} from '../../registry/reference/image-reference.ts';
import type { Endpoint, EndpointTls } from '../../runtimes/containerd/old-registries.ts';
import type { CarriedImage } from './brought-source.ts';
import { currentName, keptAt, type KeptAt } from './name-map.ts';

/** What the configuration says of where images can be had. */
export interface SourceSettings {
  /** Value of the cluster's label `nks_registry_url`. */
  readonly nksRegistryUrl?: string | undefined;
  /** Checked (`checkedNameMap`). */
  readonly names: readonly KeptAt[];
  /** Registries that are asked without TLS. */
  readonly plainHttp: readonly string[];
  /** Of a file that was carried in. */
  readonly carried?: readonly CarriedImage[];
}

/**
 * Where an image may be had, in the order in which it is looked for there: the node itself under another name, the way
 * that its runtime goes (mirrors, then the registry itself), another node, NKS's registry by the cluster's label, by the
 * cluster's own images, by the region, the user's own table, a file that was carried in, the registry that the guide names.
 */
const sourceKinds = [
  'node',
  'runtime',
  'other-node',
  'nks-registry',
  'region',
  'configuration',
  'archive',
  'guide',
] as const;

export type SourceKind = (typeof sourceKinds)[number];

export function isSourceKind(text: string): text is SourceKind {
  return (sourceKinds as readonly string[]).includes(text);
}

/** A registry that may have an image, and under which name. */
export interface RegistryCandidate {
  readonly kind: Extract<SourceKind, 'runtime' | 'nks-registry' | 'region' | 'configuration' | 'guide'>;
  readonly reference: string;
  readonly hosts: 'runtime' | 'plain-http';
  /** Its name alone says too little: another image is called so there, or the host was given up. */
  readonly needsDigest: boolean;
  /** Of an endpoint of the runtime's old tables. */
  readonly tls?: EndpointTls;
  /** Its runtime has a login for it that `ctr` cannot use. */
  readonly hasLogin?: boolean;
  /** The path of an endpoint below which no image can be named to `ctr`: it is not asked. */
  readonly oddPath?: string;
}

/** Where a node's runtime looks for images of a registry; undefined where that is left to it. */
export type EndpointsOf = (registry: string) => readonly Endpoint[] | undefined;

/** Of what cluster the nodes are. */
export interface SourceCluster {
  /** Of its API; undefined without one. */
  readonly server: string | undefined;
  readonly isNks: boolean;
  /** Folders of NKS's registry that its images come from already, `host/container_service`. */
  readonly nksRegistries?: readonly string[];
}

/** The registries for one image, in their order. */
export function registryCandidates(
  name: string,
  settings: SourceSettings,
  { server, isNks, nksRegistries: inUse = [] }: SourceCluster,
  endpointsOf: EndpointsOf = () => undefined,
): readonly RegistryCandidate[] {
  const wanted = parseReference(name);
  if (isInvalid(wanted)) return [];
  const repository = `${wanted.registry}/${wanted.repository}`;
  const current = currentName(repository);
  const candidate = candidateMaker(wanted, settings, endpointsOf);
  const flat = nksName(current);
  const inFolder = (kind: RegistryCandidate['kind'], folders: readonly string[]): readonly RegistryCandidate[] =>
    flat === undefined
      ? []
      : folders.flatMap((folder) => candidate(kind, `${folder}/${flat.name}`, flat.isShared || kind === 'guide'));
  const kept = keptAt(repository, settings.names);
  const all = [
    ...[...new Set([repository, current])].flatMap((one) => ofRuntime(one, candidate, endpointsOf)),
    ...inFolder('nks-registry', settings.nksRegistryUrl === undefined ? [] : [folderOf(settings.nksRegistryUrl)]),
    ...inFolder('nks-registry', inUse),
    ...inFolder('region', server === undefined ? [] : nksRegistries(server)),
    ...(kept === undefined ? [] : candidate('configuration', kept, false)),
    ...inFolder('guide', isNks ? [withdrawnRegistry.registry] : []),
  ];
  // The first way to a place counts.
  return [...new Map(all.toReversed().map((one) => [one.reference, one])).values()].toReversed();
}

/** Each endpoint in its turn; one whose name cannot be a registry's is left out. */
function ofRuntime(
  repository: string,
  candidate: CandidateMaker,
  endpointsOf: EndpointsOf,
): readonly RegistryCandidate[] {
  const slash = repository.indexOf('/');
  const endpoints = endpointsOf(repository.slice(0, slash));
  if (endpoints === undefined) return candidate('runtime', repository, false);
  return endpoints.flatMap((endpoint) => {
    const { host, isRegistry, scheme, path } = endpoint;
    // What is below its API is the beginning of a name to everybody else.
    const [isPlain, below = ''] = /^(?:\/v2((?:\/[a-z0-9._-]+)*))?$/u.exec(path) ?? [];
    const place = isRegistry ? repository : `${host}${below}${repository.slice(slash)}`;
    return candidate('runtime', place, false)
      .filter(({ reference }) => isRegistry || reference.startsWith(`${host}/`))
      .map((one) => ({
        ...one,
        ...spokenTo(endpoint),
        ...(scheme === 'http' ? { hosts: 'plain-http' as const } : {}),
        ...(isPlain === undefined ? { oddPath: path } : {}),
      }));
  });
}

function spokenTo({ tls, hasLogin }: Endpoint): Pick<RegistryCandidate, 'tls' | 'hasLogin'> {
  return { ...(Object.keys(tls).length === 0 ? {} : { tls }), ...(hasLogin ? { hasLogin } : {}) };
}

type CandidateMaker = (
  kind: RegistryCandidate['kind'],
  repository: string,
  needsDigest: boolean,
) => readonly RegistryCandidate[];

/** None where the name cannot be one: a folder may be too long for another's path. */
function candidateMaker(
  { tag, digest }: ImageReference,
  { plainHttp }: SourceSettings,
  endpointsOf: EndpointsOf,
): CandidateMaker {
  return (kind, repository, needsDigest) => {
    const parsed = parseReference(`${repository}${digest === null ? `:${tag}` : `@${digest}`}`);
    if (isInvalid(parsed)) return [];
    const hosts = plainHttp.includes(parsed.registry) ? 'plain-http' : 'runtime';
    const itself = endpointsOf(parsed.registry)?.find(({ isRegistry }) => isRegistry);
    return [{ kind, reference: formatReference(parsed), hosts, needsDigest, ...(itself && spokenTo(itself)) }];
  };
}

/** As the label has it, or with a scheme and a slash that somebody typed. */
function folderOf(url: string): string {
  return url.replace(/^https?:\/\//u, '').replace(/\/+$/u, '');
}
