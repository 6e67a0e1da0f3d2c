import type { ClusterEvidence, Evidence } from '../../../evidence/evidence.ts';
import type { WorkloadFacts } from '../../../evidence/workloads/workload.ts';
import { volumeEvidence } from '../../testing/volume-evidence.ts';
import { problemId } from '../meta.ts';
import { cinder, clusterWith, words, workloadsOf, type FixturePod, type FixtureWorkload } from './fixture.ts';

const timedOut = ['FailedMount', words['1.34']] as const;

/** kubelet 1.34 (pkg/volume/volume_linux.go). */
const changing = [
  'VolumePermissionChangeInProgress',
  'Setting volume ownership for uid-db-0/volumes/kubernetes.io~csi/pvc-db-0/mount is taking longer than expected, ' +
    'consider using OnRootMismatch - https://kubernetes.io/docs/tasks/configure-pod-container/security-context/' +
    '#configure-volume-permission-and-ownership-change-policy-for-pods',
] as const;

const db: FixturePod = { name: 'db-0', owner: 'apps/v1 StatefulSet db', events: [timedOut] };
const statefulSet: FixtureWorkload = { is: 'apps/v1 StatefulSet db' };

/** An owner for each way in which its pods are written. */
const owners: readonly (FixtureWorkload & { readonly name: string })[] = [
  { name: 'helm', is: 'apps/v1 StatefulSet helm', annotations: { 'meta.helm.sh/release-name': 'shop' } },
  {
    name: 'argo',
    is: 'apps/v1 StatefulSet argo',
    annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/StatefulSet:shop/argo' },
  },
  { name: 'flux', is: 'apps/v1 StatefulSet flux', labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' } },
  { name: 'kustomize', is: 'apps/v1 StatefulSet kustomize', labels: { 'app.kubernetes.io/managed-by': 'kustomize' } },
  { name: 'addon', is: 'apps/v1 StatefulSet addon', labels: { 'addonmanager.kubernetes.io/mode': 'Reconcile' } },
  { name: 'olm', is: 'apps/v1 StatefulSet olm', labels: { 'olm.owner': 'database.v1' } },
  { name: 'other', is: 'apps/v1 StatefulSet other', labels: { 'app.kubernetes.io/managed-by': 'werf' } },
  { name: 'operator', is: 'apps/v1 StatefulSet operator', owner: 'example.test/v1 Database main' },
  { name: 'job', is: 'batch/v1 Job job' },
];

const everything = workloadsOf([]);
const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'nodemend cannot list it (403).' } as const;

/** StatefulSets may not be listed. */
const unlisted: WorkloadFacts = {
  ...everything,
  builtIn: everything.builtIn.map((one) => (one.kind === 'StatefulSet' ? { ...one, objects: forbidden } : one)),
};

function withoutVolumes(part: keyof NonNullable<ClusterEvidence['volumes']>): Evidence {
  const evidence = clusterWith([db], { workloads: [statefulSet] });
  if (evidence.cluster.state !== 'seen') throw new Error('it is seen');
  const { volumes } = evidence.cluster.value;
  const more = volumes === undefined ? {} : { volumes: { ...volumes, [part]: forbidden } };
  return volumeEvidence(problemId, { state: 'seen', value: { ...evidence.cluster.value, ...more } });
}

/** The states that the fixtures are made of, by name (`<status>-<rule>[-<detail>]`). */
export const states: Readonly<Record<string, Evidence>> = {
  'fail-ownership-recursive': clusterWith([{ ...db, events: [timedOut, changing] }], { workloads: [statefulSet] }),
  'fail-ownership-recursive-kubelet-1-23': clusterWith([{ ...db, events: [['FailedMount', words['1.23']]] }], {
    workloads: [statefulSet],
  }),
  ...Object.fromEntries(
    owners.map(({ name, ...workload }) => [
      `fail-ownership-recursive-${name}`,
      clusterWith([{ name: `${name}-0`, owner: workload.is, events: [timedOut] }], { workloads: [workload] }),
    ]),
  ),
  'fail-ownership-recursive-pod': clusterWith([{ name: 'alone', events: [timedOut] }]),
  'fail-ownership-recursive-custom': clusterWith([
    { name: 'cache-0', owner: 'example.test/v1 Cache main', events: [timedOut] },
  ]),
  'fail-ownership-recursive-unseen': clusterWith([{ ...db }], { more: { workloads: unlisted } }),
  'fail-volume-not-attached': clusterWith([{ ...db, volume: { attached: 'absent' } }], { workloads: [statefulSet] }),
  // Multi-Attach: another node has it still, and this one waits.
  'fail-volume-not-attached-elsewhere': clusterWith(
    [
      {
        ...db,
        volume: { attached: false },
        events: [
          [
            'FailedAttachVolume',
            'Multi-Attach error for volume "pvc-db-0" Volume is already exclusively attached to one node and ' +
              "can't be attached to another",
          ],
        ],
      },
    ],
    { workloads: [statefulSet] },
  ),
  'unknown-cause-unknown': withoutVolumes('attachments'),
  'unknown-cause-unknown-drivers': withoutVolumes('drivers'),
  'unknown-cause-unknown-claims': withoutVolumes('claims'),
  'unknown-cause-unknown-volumes': withoutVolumes('volumes'),
  'unknown-mounts-unknown': clusterWith([db], { workloads: [statefulSet], more: { events: forbidden } }),
  'unknown-mounts-unknown-pods': clusterWith([], { more: { pods: forbidden } }),
  'not-looked-at-mounts-not-looked-at': volumeEvidence(problemId, { state: 'not-looked-at', enable: '--kubeconfig' }),
  'pass-mounts-fine': clusterWith([]),
  // Without a pod that it could be, events are not needed.
  'pass-mounts-fine-without-events': clusterWith([{ ...db, security: {} }], { more: { events: forbidden } }),
  // The same words, and another cause.
  'pass-mounts-fine-other-causes': clusterWith([
    { ...db, name: 'no-group', security: {} },
    { ...db, name: 'by-root', security: { fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch' } },
    { ...db, name: 'read-only', readOnly: true },
    { ...db, name: 'shared', volume: { accessModes: ['ReadWriteMany'] } },
    { ...db, name: 'no-type', volume: { source: { csi: { driver: cinder } } } },
    { ...db, name: 'in-tree-nfs', volume: { source: { nfs: { server: '192.0.2.9', path: '/' } }, attached: 'absent' } },
    {
      ...db,
      name: 'config',
      events: [
        [
          'FailedMount',
          'MountVolume.SetUp failed for volume "kube-api-access-x7k2p" : failed to sync configmap cache: ' +
            'timed out waiting for the condition',
        ],
      ],
    },
    {
      ...db,
      name: 'broken',
      events: [
        timedOut,
        [
          'FailedMount',
          'MountVolume.MountDevice failed for volume "pvc-broken" : rpc error: code = Internal desc = mount failed: ' +
            'exit status 32',
        ],
      ],
    },
    { ...db, name: 'replaced', eventsUid: 'uid-of-its-predecessor' },
    { ...db, name: 'mounted', events: [['FailedMount', words['1.34'].replace('[data]', '[other]')]] },
  ]),
  'pass-mounts-fine-driver-without': clusterWith([db], {
    workloads: [statefulSet],
    drivers: [{ metadata: { name: cinder }, spec: { fsGroupPolicy: 'None' } }],
  }),
};
