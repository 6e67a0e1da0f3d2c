import type { ApiNode } from '../evidence/evidence.ts';
import genericGroupLabels from './generic/node-group-labels.json' with { type: 'json' };
import nksUsers from './nks/ssh-users.json' with { type: 'json' };

/** Whose cluster it is; what is a provider's own is data in the folder of that name. */
export type PlatformId = 'nks' | 'generic';

/** Upstream Magnum, which NKS is built on, labels each node with its group; NKS's docs keep the prefix for the platform. */
const magnumGroupLabel = 'magnum.openstack.org/nodegroup';
/** NKS node names: `<cluster>-<nodegroup>-node-<n>`, the cluster's name without a hyphen in front of `default-worker`. */
const nksNodeName = /^(?<cluster>.+?)-(?<group>default-worker|[a-z0-9-]+)-node-\d+$/;
/** The API server of an NKS cluster: `<id8>-nks-kr1.container.nhncloud.com`, older `<id8>-kr2-k8s.container.cloud.toast.com`. */
const nksServer = /\.container\.(?:[a-z0-9-]+\.)*(?:nhncloud\.com|cloud\.toast\.com|gov-nhncloud\.com|gncloud\.go\.kr|ngsc\.go\.kr)(?::\d+)?(?:\/|$)/;

export interface PlatformSigns {
  /** `https://host:port`; absent with a hosts file. */
  readonly server?: string;
  readonly nodes: readonly Pick<ApiNode, 'labels'>[];
}

/** NKS by its API server's name or by Magnum's labels on the nodes; everything else is generic. */
export function detectPlatform({ server = '', nodes }: PlatformSigns): PlatformId {
  if (nksServer.test(server)) return 'nks';
  return nodes.some(({ labels }) => magnumGroupLabel in labels) ? 'nks' : 'generic';
}

/**
 * The login name that the provider's images have, by the node's osImage (`Ubuntu 22.04.5 LTS`): NHN's Compute guide names one
 * per distribution. Undefined where none is known: then the caller's own name is used, as ssh does.
 */
export function sshUserFor(platform: PlatformId, osImage: string): string | undefined {
  if (platform !== 'nks') return undefined;
  return Object.entries(nksUsers).find(([family]) => osImage.startsWith(family))?.[1];
}

/** The node group by label, else by the form of an NKS node's name; undefined when neither tells. */
export function nodeGroupOf(name: string, labels: Readonly<Record<string, string>>): string | undefined {
  const labelled = [magnumGroupLabel, ...genericGroupLabels].map((label) => labels[label]).find((value) => value !== undefined && value !== '');
  return labelled ?? groupFromName(name);
}

/**
 * The cluster's own name may hold hyphens, so where a name splits is not certain: the last part before `-node-` is the group,
 * unless it is the default group, whose name is known.
 */
function groupFromName(name: string): string | undefined {
  if (!nksNodeName.test(name)) return undefined;
  const stem = name.replace(/-node-\d+$/, '');
  if (stem.endsWith('-default-worker')) return 'default-worker';
  return stem.split('-').at(-1);
}
