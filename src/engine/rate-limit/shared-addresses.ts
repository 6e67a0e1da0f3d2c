import { compareNames } from '../compare-names.ts';
import type { EgressGroup } from './quota.ts';

/** Nodes that leave the network by one address, by node group: that is where floating IPs are set up. */
export interface SharedAddress {
  readonly address: string;
  readonly parts: readonly { readonly nodeGroup: string | undefined; readonly nodes: readonly string[] }[];
}

/** Addresses of several nodes; an account is shared on purpose. @param nodeGroups by node */
export function sharedAddresses(
  groups: readonly EgressGroup[],
  nodeGroups: ReadonlyMap<string, string>,
): readonly SharedAddress[] {
  return groups.flatMap(({ source, sourceKind, nodes }) => {
    if (source === undefined || sourceKind !== 'address' || nodes.length < 2) return [];
    const parts = [...Map.groupBy(nodes, (node) => nodeGroups.get(node))].map(([nodeGroup, members]) => ({
      nodeGroup,
      nodes: members,
    }));
    return [{ address: source, parts: parts.toSorted((a, b) => compareNames(a.nodeGroup ?? '', b.nodeGroup ?? '')) }];
  });
}
