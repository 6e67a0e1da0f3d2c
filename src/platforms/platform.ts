import nksServers from './nks/api-servers.json' with { type: 'json' };
import nksGroupLabels from './nks/node-group-labels.json' with { type: 'json' };
import nksUsers from './nks/ssh-users.json' with { type: 'json' };

/** Whose cluster it is. What is a provider's own is data in the folder of that name. */
export type PlatformId = 'nks' | 'generic';

export interface PlatformSigns {
  /** `https://host:port`; absent with a hosts file. */
  readonly server?: string;
  /** The kubeconfig's context; those of NKS are `nks_<cluster>_<uuid>`. */
  readonly context?: string;
  readonly nodes: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

const nksContext = /^nks_(?<cluster>.+)_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * NKS is told by the domain of its API servers (user guide, "kubeconfig"), by its contexts' names, or by the label that
 * Magnum, on which NKS is built, puts on nodes. Everything else is generic.
 */
export function detectPlatform({ server, context, nodes }: PlatformSigns): PlatformId {
  if (server !== undefined && isNksServer(server)) return 'nks';
  if (context !== undefined && nksContext.test(context)) return 'nks';
  return nodes.some(({ labels }) => nksGroupLabels.some((label) => label in labels)) ? 'nks' : 'generic';
}

/** Evidence, as far as it tells whose cluster it is of; a part that was not seen tells nothing. */
interface PlatformEvidence {
  readonly cluster:
    | { readonly state: 'seen'; readonly value: { readonly server: string; readonly context: string } }
    | { readonly state: 'unknown' | 'not-looked-at' };
  readonly nodes: readonly {
    readonly api:
      | { readonly state: 'seen'; readonly value: { readonly labels: Readonly<Record<string, string>> } }
      | { readonly state: 'unknown' | 'not-looked-at' };
  }[];
}

export function platformOf({ cluster, nodes }: PlatformEvidence): PlatformId {
  return detectPlatform({
    ...(cluster.state === 'seen' ? { server: cluster.value.server, context: cluster.value.context } : {}),
    nodes: nodes.flatMap(({ api }) => (api.state === 'seen' ? [api.value] : [])),
  });
}

/** The cluster's name in an NKS context; undefined for older contexts, which are called `default`. */
export function nksClusterName(context: string): string | undefined {
  return nksContext.exec(context)?.groups?.['cluster'];
}

/**
 * The login name of a provider's images, by a node's osImage (`Ubuntu 22.04.5 LTS`, `Rocky Linux 9.5 (Blue Onyx)`).
 * NHN's Compute Instance guide names one user a distribution. Undefined where none is known.
 */
export function sshUserFor(platform: PlatformId, osImage: string): string | undefined {
  if (platform !== 'nks') return undefined;
  return Object.entries(nksUsers).find(([distribution]) => osImage.startsWith(`${distribution} `))?.[1];
}

function isNksServer(server: string): boolean {
  const host = URL.parse(server)?.hostname ?? '';
  return nksServers.some((domain) => host.endsWith(`.${domain}`));
}
