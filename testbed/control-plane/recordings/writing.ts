import { acquireLease, type LeaseOptions } from '../../../src/kubernetes/lease.ts';
import { fixedTiming } from '../../../src/kubernetes/testing/fixed-timing.ts';
import { createNamespace, createNode, raw, refused, type RecordingPlan } from './fixture.ts';

const lease = (holder: string): LeaseOptions => ({
  namespace: 'locks',
  name: 'rollout',
  holder,
  durationSeconds: 900,
  waitSeconds: 0,
  timing: fixedTiming,
});
const configMap = (mode: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { mode },
});
const settings = '/api/v1/namespaces/applies/configmaps/settings';

export const writingPlans: readonly RecordingPlan[] = [
  {
    name: 'patches',
    run: async (fixture) => {
      await createNode(fixture, 'patched');
      const api = fixture.client('admin');
      const path = '/api/v1/nodes/patched';
      await api.patch(path, { spec: { unschedulable: true } }, { type: 'merge', project: raw });
      await api.patch(
        path,
        { spec: { taints: [{ key: 'example.test/drain', effect: 'NoSchedule' }] } },
        { type: 'strategic', fieldManager: 'nodemend-test', project: raw },
      );
      await api.patch(
        path,
        [
          { op: 'test', path: '/spec/unschedulable', value: true },
          { op: 'remove', path: '/spec/unschedulable' },
        ],
        { type: 'json', project: raw },
      );
      await refused(
        api.patch(path, [{ op: 'test', path: '/spec/unschedulable', value: true }], { type: 'json', project: raw }),
      );
      await api.patch(path, { metadata: { labels: { dry: 'run' } } }, { type: 'merge', dryRun: true, project: raw });
      await api.remove(path);
    },
  },
  {
    name: 'server-side-apply',
    run: async (fixture) => {
      await createNamespace(fixture, 'applies');
      const api = fixture.client('admin');
      await api.patch(settings, configMap('slow'), { type: 'apply', fieldManager: 'nodemend', project: raw });
      await refused(api.patch(settings, configMap('fast'), { type: 'apply', fieldManager: 'another', project: raw }));
      await api.patch(settings, configMap('fast'), {
        type: 'apply',
        fieldManager: 'another',
        force: true,
        project: raw,
      });
    },
  },
  {
    name: 'lease',
    run: async (fixture) => {
      await createNamespace(fixture, 'locks');
      const api = fixture.client('admin');
      const first = await acquireLease(api, lease('run-a'));
      await refused(acquireLease(api, lease('run-b')));
      await first.release();
      const second = await acquireLease(api, lease('run-b'));
      await second.release();
    },
  },
  {
    name: 'lease-conflict',
    run: async (fixture) => {
      await createNamespace(fixture, 'races');
      const path = '/apis/coordination.k8s.io/v1/namespaces/races/leases';
      const api = fixture.client('admin');
      const body = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'rollout' },
        spec: { holderIdentity: 'run-a', leaseDurationSeconds: 900 },
      };
      const created = await api.create(path, body, raw);
      await refused(api.create(path, body, raw));
      await api.replace(
        `${path}/rollout`,
        { ...created, spec: { holderIdentity: 'run-b', leaseDurationSeconds: 900 } },
        raw,
      );
      await refused(
        api.replace(
          `${path}/rollout`,
          { ...created, spec: { holderIdentity: 'run-c', leaseDurationSeconds: 900 } },
          raw,
        ),
      );
    },
  },
];
