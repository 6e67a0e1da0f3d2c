import { compareNames } from '../../compare-names.ts';
import type { Blocker } from './blocker.ts';

interface VersionedNode {
  readonly name: string;
  readonly group: string | undefined;
  /** Empty where its kubelet has told none. */
  readonly kubeletVersion: string;
}

/**
 * Node groups whose kubelets are of more than one version: somebody upgrades them, and reboots in between are nobody's
 * plan. Nodes of no group are one group.
 *
 * @param named groups in which a person said that this is as it should be
 */
export function mixedKubelets(nodes: readonly VersionedNode[], named: readonly string[]): readonly Blocker[] {
  return [...Map.groupBy(nodes, ({ group }) => group ?? '')]
    .filter(([group]) => !named.includes(group))
    .toSorted(([a], [b]) => compareNames(a, b))
    .flatMap(([group, members]): readonly Blocker[] => {
      const silent = members.find(({ kubeletVersion }) => kubeletVersion === '');
      if (silent) return [{ by: 'unknown', asked: 'kubelet-versions', reason: `${silent.name} tells no version` }];
      const versions = [...new Set(members.map(({ kubeletVersion }) => kubeletVersion))].toSorted(compareNames);
      return versions.length > 1 ? [{ by: 'mixed-kubelets', group, versions }] : [];
    });
}
