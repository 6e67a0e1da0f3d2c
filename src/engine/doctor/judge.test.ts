import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { NodeAccess, NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { judgeDoctor, type ApiReport, type DoctorReport } from './judge.ts';
import { requiredAccess } from './required-access.ts';
import { roleManifest } from './role-manifest.ts';
import { doctorExit, type DoctorRow } from './row.ts';

const now = new Date('2026-11-24T00:00:00Z');
const seen = <T>(value: T): Observed<T> => ({ state: 'seen', value });

const healthyApi: ApiReport = {
  context: 'nks_shop',
  server: 'https://127.0.0.1:6443',
  version: seen('v1.31.4'),
  user: 'kim',
  entry: 'admin',
  certificateNotAfter: '2028-01-01T00:00:00Z',
  clockSkewMs: 400,
  access: seen(requiredAccess({ lease: 'nodemend' }).map((access) => ({ access, allowed: true }))),
  leaseNamespace: { name: 'nodemend', state: seen('exists' as const) },
};
const reached: NodeAccess = {
  transport: 'ssh',
  user: 'ubuntu',
  privilege: 'sudo',
  hostKey: 'SHA256:abc',
  hostname: 'worker-0',
  machineId: 'm',
  bootId: 'b',
  clockSkewMs: 12,
  tookMs: 48,
};
const node = (access: Observed<NodeAccess>): NodeEvidence => ({
  name: 'worker-0',
  group: 'default-worker',
  address: '10.0.0.5',
  api: { state: 'not-looked-at', enable: '--kubeconfig' },
  access,
  sections: {},
});
const report = (api: Partial<ApiReport>, access: Observed<NodeAccess> = seen(reached)): DoctorReport => ({
  now,
  api: seen({ ...healthyApi, ...api }),
  groups: seen([
    { group: 'default-worker', nodes: 3, tried: node(access), user: 'ubuntu', bastion: 'bastion.example' },
  ]),
});
const state = (rows: readonly DoctorRow[], check: string): string | undefined =>
  rows.find((row) => row.check === check)?.state;

describe('judgeDoctor', () => {
  test('says ok, and only ok, when nothing is missing', () => {
    const rows = judgeDoctor(report({}));

    expect(rows.every((row) => row.state === 'ok')).toBe(true);
    expect(doctorExit(rows)).toBe(0);
    expect(rows.find((row) => row.check === 'access')?.text).toEqual({
      key: 'doctor.access.okThrough',
      params: {
        group: 'default-worker',
        count: 3,
        node: 'worker-0',
        user: 'ubuntu',
        through: 'bastion.example',
        took: 48,
      },
    });
  });

  test.each([
    ['2026-11-23T00:00:00Z', 'fail'],
    ['2026-12-20T00:00:00Z', 'warn'],
    ['2026-12-25T00:00:00Z', 'ok'],
  ])('a client certificate that ends %s is %s', (certificateNotAfter, expected) => {
    expect(state(judgeDoctor(report({ certificateNotAfter })), 'certificate')).toBe(expected);
  });

  test('a missing right to read fails, a missing right to change warns; both come as a role to copy', () => {
    const access = seen(
      requiredAccess({ lease: 'nodemend' }).map((one) => ({ access: one, allowed: one.verb === 'get' })),
    );

    const rows = judgeDoctor(report({ access })).filter((row) => row.check === 'rbac');

    expect(rows.map((row) => [row.subject, row.state])).toEqual([
      ['nodemend-read', 'fail'],
      ['nodemend-change', 'warn'],
    ]);
    expect(rows[0]?.attachment).toContain('nodes');
    expect(rows[0]?.attachment).not.toContain('leases');
    expect(rows[1]?.text.params['list']).toBe(
      'create leases, update leases, create configmaps, list configmaps, update configmaps',
    );
  });

  test('the right to pods is asked for with them, and without it nothing goes', () => {
    const access = seen(
      requiredAccess({ lease: 'nodemend', pods: 'ops' }).map((one) => ({
        access: one,
        allowed: one.subresource !== 'exec',
      })),
    );

    const rows = judgeDoctor(report({ access })).filter((row) => row.check === 'rbac');

    expect(rows.map((row) => [row.subject, row.state])).toEqual([
      ['nodemend-read', 'ok'],
      ['nodemend-change', 'ok'],
      ['nodemend-pod', 'fail'],
    ]);
    expect(rows[2]?.text.params['list']).toBe('get pods/exec, create pods/exec');
    expect(rows[2]?.attachment).toMatch(/namespace: ops[^]*pods\/exec/);
  });

  test('a user whom the server does not name is never guessed at', () => {
    const access = seen(requiredAccess({ lease: 'nodemend' }).map((one) => ({ access: one, allowed: false })));

    const row = judgeDoctor(report({ access, user: undefined })).find((one) => one.check === 'rbac');

    expect(row?.attachment).toContain('name: NAME-OF-THE-USER');
    expect(row?.attachment).not.toContain('admin');
    expect(row?.next?.key).toBe('doctor.rbac.nextUnnamed');
  });

  test.each([
    ['a node behind', { ...reached, clockSkewMs: -90_000 }, 'doctor.clock.behind'],
    ['a node ahead', { ...reached, clockSkewMs: 5_000 }, 'doctor.clock.ahead'],
  ])('%s in time is a warning with seconds', (_name, access, key) => {
    const row = judgeDoctor(report({}, seen(access))).find((one) => one.check === 'clock');

    expect(row).toMatchObject({
      state: 'warn',
      text: { key, params: { seconds: Math.abs(access.clockSkewMs) / 1000 } },
    });
  });

  test.each(['absent', 'password-needed', 'not-allowed', 'tty-needed', 'failed'] as const)(
    'sudo %s fails with its own words',
    (sudo) => {
      const row = judgeDoctor(report({}, seen({ ...reached, privilege: 'unprivileged', sudo }))).find(
        (one) => one.check === 'sudo',
      );

      expect(row).toMatchObject({ state: 'fail', text: { key: `doctor.sudo.${sudo}` } });
      expect(row?.next).toBeDefined();
    },
  );

  test('a node that cannot be reached fails and keeps the error behind it', () => {
    const error = { code: 'SSH_TIMED_OUT', params: { node: 'worker-0' } };
    const rows = judgeDoctor(report({}, { state: 'unknown', reason: 'timed-out', detail: 'no answer', error }));

    expect(rows.find((row) => row.check === 'access')).toMatchObject({ state: 'fail', error });
    expect(doctorExit(rows)).toBe(3);
  });

  test('without an API server or a way onto nodes it says so instead of ok', () => {
    const rows = judgeDoctor({
      now,
      api: { state: 'not-looked-at', enable: '--kubeconfig' },
      groups: { state: 'not-looked-at', enable: '--via ssh' },
    });

    expect(rows.map((row) => row.state)).toEqual(['not-looked-at', 'not-looked-at']);
  });

  test('a server that cannot be asked is told once, not again for the list of nodes', () => {
    const api = { state: 'unknown', reason: 'unreachable', detail: 'refused' } as const;

    expect(judgeDoctor({ now, api, groups: api }).map(({ check }) => check)).toEqual(['api-server']);
    expect(judgeDoctor({ now, api, groups: { ...api, detail: 'another' } }).map(({ check }) => check)).toEqual([
      'api-server',
      'access',
    ]);
  });

  test('every row that is not ok says what to do next', () => {
    const rows = [
      ...judgeDoctor(
        report({
          certificateNotAfter: '2020-01-01T00:00:00Z',
          clockSkewMs: 60_000,
          access: { state: 'unknown', reason: 'forbidden', detail: '' },
        }),
      ),
      ...judgeDoctor(
        report(
          { leaseNamespace: { name: 'nodemend', state: seen('missing') } },
          { state: 'unknown', reason: 'auth-failed', detail: 'x' },
        ),
      ),
      ...judgeDoctor({
        now,
        api: { state: 'unknown', reason: 'unreachable', detail: 'x' },
        groups: { state: 'unknown', reason: 'unreachable', detail: 'x' },
      }),
    ];

    expect(rows.filter((row) => row.state !== 'ok' && row.next === undefined)).toEqual([]);
  });
});

describe('roleManifest', () => {
  test('keeps cluster-wide and namespaced rules apart and binds the user', () => {
    const documents = parseAllDocuments(roleManifest(requiredAccess({ lease: 'nodemend' }), 'kim')).map((document) =>
      document.toJS(),
    );

    expect(documents.map((document) => document.kind)).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'Role',
      'RoleBinding',
      'Role',
      'RoleBinding',
    ]);
    expect(documents[2].metadata).toMatchObject({ name: 'nodemend-change', namespace: 'nodemend' });
    expect(documents[4].metadata).toMatchObject({ name: 'nodemend-change', namespace: 'nodemend-runs' });
    expect(documents[1].subjects).toEqual([{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'kim' }]);
  });

  test('binds a service account by its own kind', () => {
    const [, binding] = parseAllDocuments(
      roleManifest(requiredAccess({ lease: 'nodemend' }), 'system:serviceaccount:ops:nodemend'),
    ).map((d) => d.toJS());

    expect(binding.subjects).toEqual([{ kind: 'ServiceAccount', name: 'nodemend', namespace: 'ops' }]);
  });

  test('never takes the place of a role or a binding that others live by: the role is whole, the binding is this user’s', () => {
    const missing = seen(
      requiredAccess({ lease: 'nodemend' }).map((one) => ({ access: one, allowed: one.verb !== 'update' })),
    );
    const row = judgeDoctor(report({ access: missing })).find((one) => one.subject === 'nodemend-change');

    const documents = parseAllDocuments(row?.attachment ?? '').map((document) => document.toJS());
    const roles = documents.filter(({ kind }) => kind === 'Role');

    expect(row?.text.params['list']).toBe('update leases, update configmaps');
    const verbsOf = ({ rules }: { readonly rules: readonly { readonly verbs: readonly string[] }[] }): unknown =>
      rules.flatMap(({ verbs }) => verbs);
    expect(roles.map(verbsOf)).toEqual([
      ['get', 'create', 'get', 'update'],
      ['create', 'get', 'list', 'update'],
    ]);
    for (const { kind, metadata } of documents) if (kind !== 'Role') expect(metadata.name).toBe('nodemend-change:kim');
  });

  test('names the binding of a user whose name no object may have', () => {
    const [, binding] = parseAllDocuments(roleManifest(requiredAccess({ lease: 'nodemend' }), 'corp/kim%a')).map(
      (document) => document.toJS(),
    );

    expect(binding.metadata.name).toBe('nodemend-read:corp_kim_a');
    expect(binding.subjects[0].name).toBe('corp/kim%a');
  });
});
