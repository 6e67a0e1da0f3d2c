import { expandNodes } from '../../engine/targets/node-set.ts';
import type { BastionSettings, Configuration, NodeGroupSettings } from './schema.ts';

/**
 * How a node is logged in to, as far as the configuration says; what it leaves open is for the platform and for ssh.
 */
export interface AccessSettings {
  readonly user?: string;
  readonly port?: number;
  /** Empty: the ssh-agent and the default keys. */
  readonly identityFiles: readonly string[];
  readonly bastion?: BastionSettings;
}

/** A node as far as it is known before it is reached. */
export interface NamedNode {
  readonly name: string;
  readonly group?: string;
}

/**
 * Looks up how a node is reached: its node group's settings, by the group's name or by the node set it lists, over
 * those of `ssh`. The first group that matches counts; `bastion: false` in a group means directly.
 */
export function accessLookup(configuration: Configuration): (node: NamedNode) => AccessSettings {
  const groups = (configuration.nodeGroups ?? []).map((group) => ({
    group,
    nodes: new Set(group.nodes ? expandNodes(group.nodes) : []),
  }));
  return (node) => {
    const match = groups.find(({ group, nodes }) => group.name === node.group || nodes.has(node.name));
    return merge(configuration.ssh ?? {}, match?.group);
  };
}

function merge(ssh: NonNullable<Configuration['ssh']>, group: NodeGroupSettings | undefined): AccessSettings {
  // A key that is not there is absent, never undefined: the group's keys go over those of ssh.
  const { user, port, identityFiles = [], bastion }: Partial<NodeGroupSettings> = { ...ssh, ...group };
  return { identityFiles, ...(user ? { user } : {}), ...(port ? { port } : {}), ...(bastion ? { bastion } : {}) };
}
