import type { Evidence, NodeEvidence } from '../../evidence/evidence.ts';

const collectedAt = '2026-11-26T00:10:00.000Z';

/** Ten minutes before it was collected. */
export const tenMinutesBefore = '2026-11-26T00:00:00Z';

/** What is known of every cluster of the fixtures. */
export const practiceCluster = {
  uid: { state: 'seen', value: '00000000-0000-4000-8000-000000000000' },
  context: 'practice',
  server: 'https://api.example.test:6443',
} as const;

/** Evidence for one problem of volumes: the cluster, and one node that nobody logged in to. */
export function volumeEvidence(
  problemId: string,
  cluster: Evidence['cluster'],
  mounted?: NodeEvidence['mounted'],
): Evidence {
  return {
    schema: 'nodemend.dev/evidence/v1',
    collectedAt,
    collector: { version: '0.0.0' },
    scope: { via: 'none', targets: cluster.state === 'seen' ? 'cluster' : 'hosts', problems: [problemId] },
    cluster,
    nodes: [
      {
        name: 'worker-1',
        address: '192.0.2.1',
        api: { state: 'not-looked-at', enable: '--kubeconfig' },
        access: { state: 'not-looked-at', enable: '--via ssh' },
        ...(mounted === undefined ? {} : { mounted }),
        sections: {},
      },
    ],
  };
}
