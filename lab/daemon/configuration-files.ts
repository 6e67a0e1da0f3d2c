import { stringify } from 'yaml';
import type { ClusterPlan } from '../cluster/cluster-plan.ts';
import type { StateFolder } from '../state-folder.ts';

/** nodemend's configuration for the lab: `nodemend --config nodemend.yaml diagnose` needs no other flag. */
export function nodemendConfiguration(plan: ClusterPlan, folder: StateFolder): string {
  return stringify({
    kubeconfig: folder.kubeconfig,
    via: 'ssh',
    ssh: { port: plan.sshPort, identityFiles: [folder.identity], knownHosts: [folder.knownHosts] },
  });
}

/** A hosts file for `--hosts`: the same nodes without any API server. */
export function hostsFile(plan: ClusterPlan, folder: StateFolder): string {
  return stringify({
    hosts: plan.nodes.map(({ name, address, group }) => ({
      name,
      address,
      port: plan.sshPort,
      user: group.user,
      group: group.name,
      identityFiles: [folder.identity],
    })),
  });
}
