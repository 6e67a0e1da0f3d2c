import { compareNames } from '../../compare-names.ts';
import { nodeGroupOf } from '../../../platforms/node-group.ts';
import { nksClusterName } from '../../../platforms/platform.ts';
import { readSchedulingNode } from '../preflight/scheduling-node.ts';
import { askedOrUnknown, type ToolsQuestion } from './ask-other-tools.ts';
import type { Blocker } from './blocker.ts';

/** What `--allow-mixed-versions` calls the nodes of no group. */
const noGroup = 'none';

/**
 * Node groups of these nodes in which an upgrade is under way. A control plane is upgraded before its nodes, so its nodes are
 * a group of their own.
 */
export async function askKubelets(
  question: ToolsQuestion,
  nodes: readonly string[],
  named: readonly string[],
): Promise<readonly Blocker[]> {
  const { api, signal } = question;
  return askedOrUnknown(question, 'kubelet-versions', async () => {
    const all = await api.list('/api/v1/nodes', { project: readSchedulingNode, signal });
    const grouped = all.map((node) => ({
      ...node,
      group: node.controlPlane ? 'control-plane' : nodeGroupOf(node, nksClusterName(api.context)),
    }));
    const asked = new Set(grouped.filter(({ name }) => nodes.includes(name)).map(({ group }) => group));
    return mixedKubelets(
      grouped.filter(({ group }) => asked.has(group)),
      named,
    );
  });
}

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
    .filter(([group]) => !named.includes(group || noGroup))
    .toSorted(([a], [b]) => compareNames(a, b))
    .flatMap(([group, members]): readonly Blocker[] => {
      const silent = members.find(({ kubeletVersion }) => kubeletVersion === '');
      if (silent) {
        const said = { key: 'gate.unknown-kubelet-version', params: { node: silent.name } };
        return [{ by: 'unknown', asked: 'kubelet-versions', reason: `${silent.name} tells no version`, said }];
      }
      const versions = [...new Set(members.map(({ kubeletVersion }) => kubeletVersion))].toSorted(compareNames);
      return versions.length > 1 ? [{ by: 'mixed-kubelets', group, versions }] : [];
    });
}
