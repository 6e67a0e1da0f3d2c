import { describe, expect, test } from 'vitest';
import { pullSecretActionSchema } from '../../actions/pull-secret/pull-secret-schema.ts';
import { pullSecretAttachmentSchema } from '../../actions/pull-secret-attachment/pull-secret-attachment-schema.ts';
import { previewObject } from '../preview-action.ts';
import { leftBehind } from './left-behind.ts';
import type { ObservedNamespace } from './observe-namespaces.ts';
import { planPullSecret } from './plan-pull-secret.ts';

const request = { registry: 'docker.io', user: 'kim', name: 'hub', namespaces: ['shop'], serviceAccounts: ['default'] };
const target = { kind: 'cluster', uid: 'u', context: 'c', server: 's' } as const;
const empty: ObservedNamespace = {
  namespace: 'shop',
  secret: 'absent',
  accounts: [{ name: 'default', uid: 'sa', attached: ['theirs'] }],
  uses: [],
};
const there = {
  uid: 'u',
  resourceVersion: '7',
  type: 'kubernetes.io/dockerconfigjson',
  keys: ['docker.io', 'quay.io'],
  immutable: false,
};
const plan = (one: Partial<ObservedNamespace> = {}) =>
  planPullSecret({ request, namespaces: [{ ...empty, ...one }], target, madeAt: '2026-11-26T00:00:00.000Z' });

describe('the plan', () => {
  test('makes the Secret, then attaches it; it has the form of a plan file', () => {
    const { clusterActions = [] } = plan();
    expect(clusterActions.map(({ id, why }) => [id, why.key])).toEqual([
      ['pull-secret:shop/Secret/hub', 'create'],
      ['pull-secret-attachment:shop/ServiceAccount/default', 'attach'],
    ]);
    expect(pullSecretActionSchema.parse(clusterActions[0])).toEqual(clusterActions[0]);
    expect(pullSecretAttachmentSchema.parse(clusterActions[1])).toEqual(clusterActions[1]);
  });

  test('a ServiceAccount that has it is left alone', () => {
    expect(
      plan({ accounts: [{ name: 'default', uid: 'sa', attached: ['hub'] }] }).clusterActions?.map(({ kind }) => kind),
    ).toEqual(['pull-secret']);
  });

  test.each<[string, Partial<typeof there>, string]>([
    ['one that is there is changed', {}, 'change'],
    ['another type is re-created', { type: 'Opaque', keys: [] }, 'recreate'],
    ['an immutable one is re-created', { immutable: true }, 'recreate'],
    ['the old type is kept', { type: 'kubernetes.io/dockercfg' }, 'change'],
  ])('%s', (_, change, why) => {
    expect(plan({ secret: { ...there, ...change } }).clusterActions?.[0]?.why.key).toBe(why);
  });

  test('the preview shows registries, and neither passwords nor whose the old logins are', () => {
    const [secret, account] = (plan({ secret: there }).clusterActions ?? []).map((action) => previewObject(action));
    expect(secret).toBe(
      [
        '--- shop/Secret/hub\tnow',
        '+++ shop/Secret/hub\tplanned',
        '@@ -1,4 +1,6 @@',
        ' type: kubernetes.io/dockerconfigjson',
        ' auths:',
        '-  docker.io: "***"',
        '   quay.io: "***"',
        '+  https://index.docker.io/v1/:',
        '+    username: kim',
        '+    password: "***"',
      ].join('\n'),
    );
    expect(account).toContain('+  - name: hub');
  });

  test('the same world gives the same plan', () => {
    expect(plan().hash).toBe(plan().hash);
    expect(plan({ secret: there }).hash).not.toBe(plan({ secret: { ...there, resourceVersion: '8' } }).hash);
  });
});

test('pods that pull from the registry without the Secret are named with their owners', () => {
  const use = {
    namespace: 'shop',
    container: 'app',
    role: 'container',
    image: 'nginx',
    serviceAccount: 'default',
    pullSecrets: [],
    pods: 3,
  } as const;
  const owner = (kind: string, name: string) => ({ apiVersion: 'apps/v1', kind, name });
  const uses = [
    { ...use, owner: owner('ReplicaSet', 'web-1') },
    { ...use, owner: owner('ReplicaSet', 'web-1'), container: 'side', image: 'docker.io/library/busybox', pods: 2 },
    { ...use, owner: owner('ReplicaSet', 'new'), pullSecrets: ['hub'] },
    { ...use, owner: owner('ReplicaSet', 'ghcr'), image: 'ghcr.io/a/b' },
    { ...use, owner: owner('Pod', 'static'), static: true as const },
    { ...use, owner: owner('Pod', 'wrong'), image: 'No:Reference' },
  ];
  expect(leftBehind([{ ...empty, uses }], request)).toEqual([{ owner: 'shop/ReplicaSet/web-1', pods: 3 }]);
});
