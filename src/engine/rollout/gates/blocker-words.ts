import type { Blocker } from './blocker.ts';

/** What keeps a node from being begun, in one line; English, as what steps say is. */
export function blockerWords(blockers: readonly Blocker[]): string {
  return blockers.map(oneBlocker).join('; ');
}

type WordsOf = { readonly [By in Blocker['by']]: (blocker: Extract<Blocker, { readonly by: By }>) => string };

const words: WordsOf = {
  pods: ({ pods, node, selector }) => `${pods.join(', ')} on ${node} (${selector})`,
  alerts: ({ alerts }) => `alerts: ${alerts.join(', ')}`,
  kured: ({ node, daemonSet }) => `kured holds its lock for ${node} (${daemonSet})`,
  'node-maintenance': ({ name, node }) => `NodeMaintenance ${name} of ${node}`,
  'rancher-upgrade': ({ plan, node, job }) => `upgrade ${plan} of ${node || 'a node'} (${job})`,
  'mixed-kubelets': ({ versions, group }) =>
    `kubelets ${versions.join(', ')} in ${group ? `node group ${group}` : 'nodes of no group (none)'}`,
  window: ({ opensAt }) => `the window opens at ${new Date(opensAt).toISOString()}`,
  unknown: ({ asked, reason }) => `${asked} could not be asked: ${reason}`,
};

function oneBlocker(blocker: Blocker): string {
  return (words[blocker.by] as (one: Blocker) => string)(blocker);
}
