import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import { startRoleFixture, type Holder, type RoleFixture } from './role-fixture.ts';
import { applyLines, bundleLines, difference, doctorLines, type Lines } from './said-lines.ts';
import { deployFolder, permissionsOf, permissionText, shippedObjects, type Permission } from './shipped-files.ts';
import { rbacPath, withoutPermission } from './without-permission.ts';

/** The shipped roles on a real API server with RBAC: all that nodemend needs, and nothing that it does not use. */
const node = 'docker-1';
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/nodemend/leases/nodemend-run';
const readPermissions = permissionsOf(shippedObjects('base/nodemend-read.yaml'));
const changePermissions = permissionsOf(shippedObjects('nodemend-change.yaml'));
const policyPermissions = permissionsOf(shippedObjects('nodemend-change-policies.yaml'));
let fixture: RoleFixture;
let reader: Holder;
let changer: Holder;

beforeAll(async () => {
  fixture = await startRoleFixture({ containerd: 0, docker: 1 }, 'roles');
  [reader, changer] = [
    await fixture.holder('nodemend/nodemend-read'),
    await fixture.holder('nodemend/nodemend-change'),
  ];
  await fixture.testbed.root(node, "docker run -d --name chatty box:1 sh -c 'echo hello; sleep 100000'");
});
afterAll(() => fixture?.down());

/**
 * RBAC names a namespace by its own name and takes it for something in it; roles name it either way. No role can name a
 * run's record.
 */
const plain = (text: string): string =>
  text
    .replace(/^(\S+ namespaces\/\S+) -n \S+$/, '$1')
    // The role names it wherever it is.
    .replace(/^(get configmaps\/kubernetes-services-endpoint) -n kube-system$/, '$1')
    .replace(/ configmaps\/nodemend-run-\S+/, ' configmaps');
const texts = (permissions: readonly Permission[]): readonly string[] =>
  permissions.map((one) => plain(permissionText(one))).toSorted();

/** What a permission for all namespaces includes needs none of its own. */
function neededOf(used: readonly string[], permissions: readonly string[]): readonly string[] {
  return (
    used
      // Asked for, and refused: a role for it is shipped, and bound to nobody.
      .filter((text) => text !== 'get /metrics')
      .map(plain)
      .filter((text) => permissions.includes(text) || !permissions.includes(text.replace(/ -n \S+$/u, '')))
      .toSorted()
  );
}

const onNode = (): Promise<string> =>
  fixture.testbed.root(
    node,
    'ls -A /etc/logrotate.d /var/lib/nodemend/runs 2>&1; cat /etc/logrotate.d/docker 2>&1 || true',
  );

describe('each role is enough for its commands, and has nothing that they do not use', () => {
  test('nodemend-read: doctor, diagnose, plan, bundle', async () => {
    fixture.asked();
    const doctor = await reader.run('doctor');
    // That it may not change anything is all there is to say.
    expect(doctor).toMatchObject({ exitCode: 4, stderr: '' });
    expect(doctor.stdout).toMatch(/^ok +nodemend-read: nothing is missing$/m);
    expect(doctor.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'WARN nodemend-change is missing: get namespaces, create leases, get leases, update leases, create ' +
        'configmaps, get configmaps, list configmaps, update configmaps',
    );
    expect(await reader.run('diagnose')).toMatchObject({ exitCode: 3 });
    expect(await reader.run('plan', 'container-logs', '--out', 'plan.json')).toMatchObject({ exitCode: 0 });
    expect(await reader.run('bundle', '--out', 'bundle.json')).toMatchObject({ exitCode: 0 });
    const { used, refused } = fixture.asked();
    // The role for these is bound by nobody here, and whoever has none is told so.
    expect([...new Set(refused)]).toEqual(['GET /metrics']);
    const permissions = texts(readPermissions);
    expect(neededOf(used, permissions)).toEqual(permissions);
  });

  test('nodemend-read changes nothing: apply is refused before it begins', async () => {
    const before = await onNode();
    const { exitCode, stderr } = await reader.run('apply', './plan.json', '--yes');
    expect(exitCode).toBe(5);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      'system:serviceaccount:nodemend:nodemend-read cannot get leases -n nodemend (403). [API_FORBIDDEN]',
    );
    expect(await onNode()).toBe(before);
    // Whether the namespace is there is looked at first; who cannot look is told by the lease.
    expect(fixture.asked().refused).toEqual(['GET /api/v1/namespaces/nodemend', `GET ${leasePath}`]);
  });

  test('nodemend-change: the same, and apply, verify, history, undo', async () => {
    expect(await changer.run('doctor')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await changer.run('diagnose')).toMatchObject({ exitCode: 3 });
    expect(await changer.run('plan', 'container-logs', '--out', 'plan.json')).toMatchObject({ exitCode: 0 });
    const applied = await changer.run('apply', './plan.json', '--yes', '--soak', '0');
    expect(applied.exitCode, applied.stderr).toBe(0);
    const [id = ''] = changer.operator.runs();
    expect(await changer.run('verify', id)).toMatchObject({ exitCode: 0 });
    expect(await changer.run('history', '--from-nodes')).toMatchObject({ exitCode: 0 });
    // The lease is there now: it is taken, and not made.
    expect(await changer.run('undo', id, '--yes')).toMatchObject({ exitCode: 0 });
    await changePolicies();
    const { used, refused } = fixture.asked();
    expect([...new Set(refused)]).toEqual(['GET /metrics']);
    // What creates by server-side apply is a PATCH, for which the server asks for both.
    const asked = policyPermissions.filter(({ verb }) => verb !== 'create');
    const permissions = texts([...readPermissions, ...changePermissions, ...asked]);
    expect(neededOf(used, permissions)).toEqual(permissions);
  });

  test('nodemend-change-policies: without the right to make policies none is made, and it says so', async () => {
    const [create] = policyPermissions.filter(({ verb }) => verb === 'create');
    await withoutPermission(fixture.admin, changer.api, create!, async () => {
      const { exitCode, stdout } = await changer.run('admission-policy', '--apply', '--yes');
      expect([exitCode, stdout.replaceAll(/\s+/g, ' ')]).toEqual([
        7,
        expect.stringContaining('cannot create validatingadmissionpolicies') as unknown,
      ]);
      expect(await fixture.testbed.kubectl('get', 'validatingadmissionpolicies', '-o', 'name')).toBe('');
    });
  });
});

/**
 * With the role for it bound: made in one run, of which only the cluster tells another machine, and undone from
 * there.
 */
async function changePolicies(): Promise<void> {
  await fixture.testbed.kubectl('apply', '-f', join(deployFolder, 'nodemend-change-policies.yaml'));
  await fixture.testbed.kubectl(
    'create',
    'clusterrolebinding',
    'policies',
    '--clusterrole=nodemend-change-policies',
    '--serviceaccount=nodemend:nodemend-change',
  );
  await expect
    .poll(
      () =>
        changer.api.canI([
          { verb: 'create', group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies' },
        ]),
      { timeout: 30_000, interval: 50 },
    )
    .toEqual([true]);
  const before = changer.operator.runs();
  expect(await changer.run('admission-policy', '--apply', '--yes')).toMatchObject({ exitCode: 0 });
  const run = changer.operator.runs().find((one) => !before.includes(one)) ?? '';
  expect((await changer.run('history', '--from-cluster')).stdout).toContain(run);
  expect(await changer.run('undo', run, '--yes')).toMatchObject({ exitCode: 0 });
}

/** Doctor and bundle only look; a change in between would change what they see. */
async function allLines(): Promise<Lines> {
  return [...(await observedLines()), ...(await applyLines(changer))];
}

async function observedLines(): Promise<Lines> {
  return (await Promise.all([doctorLines(changer), bundleLines(changer)])).flat();
}

const freeLease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'nodemend-run', namespace: 'nodemend' },
  spec: {},
};

/** A list that is only read to be looked at: its part of the bundle is unknown, and nothing else. */
function lossOfList(text: string): readonly [string, Lines] {
  const [resource = ''] = text.split('.');
  const lost = [
    '- doctor rbac nodemend-read ok',
    `- bundle ${resource} seen`,
    `+ doctor rbac nodemend-read fail list ${resource}`,
    `+ bundle ${resource} unknown forbidden API_FORBIDDEN list ${resource}`,
  ];
  return [`list ${text}`, lost];
}

const onlyLookedAt = [
  'pods',
  'events',
  'podtemplates',
  'replicationcontrollers',
  ...['daemonsets', 'deployments', 'replicasets', 'statefulsets'].map((kind) => `${kind}.apps`),
  ...['cronjobs', 'jobs'].map((kind) => `${kind}.batch`),
  'persistentvolumeclaims',
  'persistentvolumes',
  ...['volumeattachments', 'csidrivers'].map((kind) => `${kind}.storage.k8s.io`),
  'poddisruptionbudgets.policy',
  'apiservices.apiregistration.k8s.io',
  'felixconfigurations.crd.projectcalico.org',
];

const variables = 'get configmaps/kubernetes-services-endpoint';

/** What every cluster is created with, by names. */
const roles = readPermissions.map(permissionText).filter((text) => /^get clusterrole(?:binding)?s\./u.test(text));

function lossOfRole(text: string): readonly [string, Lines] {
  const [resource = ''] = text.slice('get '.length).split('.');
  const lost = [
    '- doctor rbac nodemend-read ok',
    '- bundle roles seen',
    `+ doctor rbac nodemend-read fail get ${resource}`,
    `+ bundle roles unknown forbidden API_FORBIDDEN get ${resource}`,
  ];
  return [text, lost];
}

/**
 * By permission: what its loss changes of all that doctor, bundle, apply and undo say. Everything else must stay as it
 * was.
 */
const losses: Record<string, Lines> = {
  ...Object.fromEntries([...onlyLookedAt.map(lossOfList), ...roles.map(lossOfRole)]),
  'list events': [
    ...lossOfList('events')[1],
    '- bundle events-of-nodes seen',
    '+ bundle events-of-nodes unknown forbidden API_FORBIDDEN list events',
  ],
  [variables]: [
    '- doctor rbac nodemend-read ok',
    '- bundle configmaps seen',
    '+ doctor rbac nodemend-read fail get configmaps',
    '+ bundle configmaps unknown forbidden API_FORBIDDEN get configmaps -n kube-system',
  ],
  'get namespaces/kube-system': [
    '- doctor rbac nodemend-read ok',
    '- bundle uid seen',
    '- apply 0',
    '- undo 0',
    '+ doctor rbac nodemend-read fail get namespaces',
    '+ bundle uid unknown forbidden API_FORBIDDEN get namespaces -n kube-system',
    '+ apply 8 PLAN_UNBOUND',
  ],
  'list nodes': [
    '- doctor rbac nodemend-read ok',
    '- doctor access docker ok',
    '- doctor sudo docker ok',
    '- BUNDLE',
    '- apply 0',
    '- undo 0',
    '+ doctor rbac nodemend-read fail list nodes',
    '+ doctor access unknown API_FORBIDDEN list nodes',
    '+ bundle 5 API_FORBIDDEN list nodes',
    '+ apply 5 API_FORBIDDEN list nodes',
  ],
  'get namespaces/nodemend': ['- doctor rbac nodemend-change ok', '+ doctor rbac nodemend-change warn get namespaces'],
  'create leases.coordination.k8s.io -n nodemend': [
    '- doctor rbac nodemend-change ok',
    '- apply 0',
    '- undo 0',
    '+ doctor rbac nodemend-change warn create leases',
    '+ apply 5 API_FORBIDDEN create leases -n nodemend',
  ],
  'get leases.coordination.k8s.io/nodemend-run -n nodemend': [
    '- doctor rbac nodemend-change ok',
    '- apply 0',
    '- undo 0',
    '+ doctor rbac nodemend-change warn get leases',
    '+ apply 5 API_FORBIDDEN get leases -n nodemend',
  ],
  'update leases.coordination.k8s.io/nodemend-run -n nodemend': [
    '- doctor rbac nodemend-change ok',
    '- apply 0',
    '- undo 0',
    '+ doctor rbac nodemend-change warn update leases',
    '+ apply 5 API_FORBIDDEN update leases -n nodemend',
  ],
};

/** None of a change of nodes. */
const ofObjects = ['create', 'get', 'list', 'update'].map((verb) => `${verb} configmaps -n nodemend-runs`);
for (const text of ofObjects)
  losses[text] = [
    '- doctor rbac nodemend-change ok',
    `+ doctor rbac nodemend-change warn ${text.replace(' -n nodemend-runs', '')}`,
  ];

describe('without one permission the matching part is unknown or refused by its name, and no other', () => {
  let whole: Lines;
  const permissions = [...readPermissions, ...changePermissions].map(
    (permission) => [plain(permissionText(permission)), permission] as const,
  );

  beforeAll(async () => {
    whole = await allLines();
  });

  test('with all of them nothing is missing', () => {
    expect(whole.filter((line) => !/ (ok|seen|0)$/.test(line))).toEqual([]);
    expect(Object.keys(losses).toSorted()).toEqual(permissions.map(([text]) => text).toSorted());
  });

  test.each(permissions)('%s', async (text, permission) => {
    const before = await onNode();
    // Where there is no lease it is made; where there is one it is taken.
    await fixture.testbed.kubectl('-n', 'nodemend', 'delete', 'leases', '--all');
    if (permission.verb !== 'create')
      await fixture.admin.create(leasePath.replace(/\/[^/]*$/, ''), freeLease, () => undefined);
    await withoutPermission(fixture.admin, changer.api, permission, async () => {
      // What is only looked at has no part in a change of the node, which takes its time.
      const isLookedAt =
        [...ofObjects, ...roles, variables].includes(text) || onlyLookedAt.some((one) => text === `list ${one}`);
      const found = isLookedAt
        ? difference(
            whole.filter((line) => !/^(?:apply|undo) /.test(line)),
            await observedLines(),
          )
        : difference(whole, await allLines());
      const expected = (losses[text] ?? []).flatMap((line) =>
        line === '- BUNDLE' ? whole.filter((one) => one.startsWith('bundle ')).map((one) => `- ${one}`) : [line],
      );
      expect(found).toEqual(expected.toSorted());
    });
    if (!(losses[text] ?? []).includes('- apply 0')) return;
    expect(await onNode()).toBe(before);
  });
});

describe('without what a cluster gives to every user by default', () => {
  /** Takes bindings of the cluster away, does the work, and puts them back. */
  async function withoutBindings(
    names: readonly string[],
    isGone: () => Promise<unknown>,
    work: () => Promise<void>,
  ): Promise<void> {
    const path = `${rbacPath}/clusterrolebindings`;
    const bindings = await Promise.all(names.map((name) => fixture.admin.get(`${path}/${name}`, (raw) => raw)));
    await Promise.all(names.map((name) => fixture.admin.remove(`${path}/${name}`)));
    try {
      await expect
        .poll(
          () =>
            isGone().then(
              () => 'allowed',
              (error: { readonly code: string }) => error.code,
            ),
          { timeout: 30_000, interval: 50 },
        )
        .toBe('API_FORBIDDEN');
      await work();
    } finally {
      for (const { apiVersion, kind, metadata, roleRef, subjects } of bindings as readonly {
        readonly [key: string]: JsonObject;
      }[]) {
        const { name, labels, annotations } = metadata as { readonly [key: string]: JsonObject };
        await fixture.admin.create(
          path,
          { apiVersion, kind, roleRef, subjects, metadata: { name, labels, annotations } } as JsonObject,
          () => undefined,
        );
      }
    }
  }

  test('who may not ask what they may: that alone is unknown', async () => {
    const before = await observedLines();
    await withoutBindings(
      ['system:basic-user'],
      () => changer.api.canI([{ verb: 'list', group: '', resource: 'nodes' }]),
      async () => {
        expect(difference(before, await observedLines())).toEqual([
          '+ doctor rbac unknown API_FORBIDDEN create selfsubjectaccessreviews',
          '- doctor rbac nodemend-change ok',
          '- doctor rbac nodemend-read ok',
        ]);
      },
    );
  });

  test('who may not ask for the version: that alone is unknown', async () => {
    const before = await observedLines();
    const bindings = ['system:discovery', 'system:public-info-viewer', 'system:monitoring'];
    await withoutBindings(
      bindings,
      () => changer.api.get('/version', () => undefined),
      async () => {
        expect(difference(before, await observedLines())).toEqual([
          '+ bundle version unknown forbidden API_FORBIDDEN get /version',
          '+ doctor api-server unknown API_FORBIDDEN get /version',
          '- bundle version seen',
          '- doctor api-server ok',
        ]);
      },
    );
  });
});
