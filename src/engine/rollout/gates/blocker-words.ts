import type { Sentence } from '../../../errors/sentences.ts';
import type { Blocker } from './blocker.ts';

/** What keeps a node from being begun. */
export function blockerSentences(blockers: readonly Blocker[]): readonly Sentence[] {
  return blockers.map((blocker) => (sentences[blocker.by] as (one: Blocker) => Sentence)(blocker));
}

type SentenceOf = { readonly [By in Blocker['by']]: (blocker: Extract<Blocker, { readonly by: By }>) => Sentence };

const sentences: SentenceOf = {
  pods: ({ pods, node, selector }) => ({ key: 'gate.pods', params: { pods: pods.join(', '), node, selector } }),
  alerts: ({ alerts }) => ({ key: 'gate.alerts', params: { alerts: alerts.join(', ') } }),
  kured: ({ node, daemonSet }) => ({ key: 'gate.kured', params: { node, daemonSet } }),
  'node-maintenance': ({ name, node }) => ({ key: 'gate.node-maintenance', params: { name, node } }),
  'rancher-upgrade': ({ plan, node, job }) =>
    node === ''
      ? { key: 'gate.rancher-upgrade-anywhere', params: { plan, job } }
      : { key: 'gate.rancher-upgrade', params: { plan, node, job } },
  'mixed-kubelets': ({ versions, group }) =>
    group === ''
      ? { key: 'gate.mixed-kubelets-ungrouped', params: { versions: versions.join(', ') } }
      : { key: 'gate.mixed-kubelets', params: { versions: versions.join(', '), group } },
  window: ({ opensAt }) => ({ key: 'gate.window', params: { opensAt: new Date(opensAt).toISOString() } }),
  unknown: ({ asked, reason, said }) => said ?? { key: `gate.unknown-${asked}`, params: { reason } },
};
