import genericLabels from './generic/node-group-labels.json' with { type: 'json' };
import nksLabels from './nks/node-group-labels.json' with { type: 'json' };

/** What of a node tells its group. */
export interface GroupedNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Names of NKS nodes: `<cluster>-<node group>-node-<n>`; some releases put a random part before `-node-`. */
const nksName = /^(?<stem>.+)-node-\d+$/;
/** The group that every NKS cluster begins with. */
const nksDefaultGroup = 'default-worker';

/**
 * The node group by the provider's label, else by the form of an NKS node's name; undefined when neither tells. Both
 * parts of such a name may hold hyphens: without the cluster's name to take off, the group is called by both parts
 * together, so that two groups are never taken for one.
 */
export function nodeGroupOf({ name, labels }: GroupedNode, clusterName?: string): string | undefined {
  const labelled = [...nksLabels, ...genericLabels].map((label) => labels[label]).find((value) => value);
  return labelled ?? groupInName(name, clusterName);
}

function groupInName(name: string, clusterName: string | undefined): string | undefined {
  const stem = nksName.exec(name)?.groups?.['stem'];
  if (stem === undefined) return undefined;
  if (clusterName !== undefined && stem.startsWith(`${clusterName}-`)) return stem.slice(clusterName.length + 1);
  return stem.endsWith(`-${nksDefaultGroup}`) ? nksDefaultGroup : stem;
}
