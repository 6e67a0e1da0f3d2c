import { changesRule } from './changes-rule.ts';
import { testRule } from './tester.ts';

testRule('house/no-stray-changes', changesRule, {
  valid: [
    ['src/actions/object-patch/apply.ts', `await api.patch(path, body, options);`],
    ['src/engine/rollout/lease.ts', `await context.api.replace(path, body, project);`],
    ['src/engine/doctor/doctor.ts', `await api.get(path, project); await api.canI(accesses);`],
    [
      'src/engine/doctor/doctor.ts',
      `await api.create('/apis/authentication.k8s.io/v1/selfsubjectreviews', body, project);`,
    ],
    ['src/engine/doctor/doctor.ts', `text.replace('a', 'b'); map.create(); list.remove(1);`],
    ['src/engine/rollout/lease.test.ts', `await api.evict('a', 'b', {});`],
    ['src/transport/pod-exec/pod-job.ts', `await settings.api.create(path, body, project); await api.exec(request);`],
    ['lab/up.ts', `await api.create(path, body, project);`],
  ],
  invalid: [
    [
      'src/evidence/collect.ts',
      `await api.exec(request);`,
      'api.exec changes the cluster; only actions and the rollout may',
    ],
    [
      'src/engine/doctor/doctor.ts',
      `await api.patch(path, body, options);`,
      'api.patch changes the cluster; only actions and the rollout may',
    ],
    [
      'src/engine/doctor/doctor.ts',
      `await api.create('/api/v1/namespaces', body, project);`,
      'api.create changes the cluster; only actions and the rollout may',
    ],
    [
      'src/cli/commands/apply.ts',
      `await target.api.evict('a', 'b', {});`,
      'api.evict changes the cluster; only actions and the rollout may',
    ],
    [
      'src/evidence/collect.ts',
      `await clusterApi.remove(path);`,
      'clusterApi.remove changes the cluster; only actions and the rollout may',
    ],
  ],
});
