import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRoleFixture, type Holder, type RoleFixture } from './role-fixture.ts';
import { bundleLines, difference, doctorLines, type Lines } from './said-lines.ts';
import { permissionsOf, permissionText, shippedObjects, type Permission } from './shipped-files.ts';
import { withoutPermission } from './without-permission.ts';

/** The shipped role of `--via pod` on a real API server with RBAC. */
const node = 'containerd-1';
const permissions = permissionsOf(shippedObjects('nodemend-pod.yaml')).map(
  (permission) => [permissionText(permission), permission] as const,
);
const viaPod = ['--via', 'pod', '--pod-image', 'localhost/box:1'];
let fixture: RoleFixture;
let holder: Holder;
let whole: Lines;

async function saidLines(): Promise<Lines> {
  return (await Promise.all([doctorLines(holder, ...viaPod), bundleLines(holder, ...viaPod)])).flat();
}

beforeAll(async () => {
  fixture = await startRoleFixture({ containerd: 1, docker: 0 }, 'pod-role');
  const asMinted = await fixture.holder('nodemend-pod/nodemend-pod');
  holder = { ...asMinted, run: asMinted.runDirectly };
  whole = await saidLines();
});
afterAll(() => fixture?.down());

test('with the role a node is seen by a pod, and nothing is left of it', async () => {
  expect(whole).toContain(`bundle ${node} access seen`);
  expect(whole).toContain('doctor rbac nodemend-pod ok');
  // Whoever only looks by pods may not change anything.
  expect(whole.filter((line) => !/ (ok|seen)$/.test(line))).toEqual([
    'doctor rbac nodemend-change warn get namespaces, create leases, get leases, update leases, create ' +
      'configmaps, get configmaps, list configmaps, update configmaps',
  ]);
  await expect
    .poll(() => fixture.testbed.kubectl('-n', 'nodemend-pod', 'get', 'jobs,pods', '-o', 'name'), {
      timeout: 60_000,
      interval: 250,
    })
    .toBe('');
});

const jobs = (): Promise<string> => fixture.testbed.kubectl('-n', 'nodemend-pod', 'get', 'jobs', '-o', 'name');

/** What the loss of a permission that every pod needs changes: the node is not seen, for want of it. */
function unobserved(refused: string): Lines {
  const ofTheNode = whole.filter(
    (line) => line.startsWith(`bundle ${node} `) && !line.startsWith(`bundle ${node} api `),
  );
  return [
    ...ofTheNode.flatMap((line) => [
      `- ${line}`,
      `+ ${line.replace(/seen$/, '')}unknown forbidden API_FORBIDDEN ${refused}`,
    ]),
    '- doctor access containerd ok',
    `+ doctor access containerd fail API_FORBIDDEN ${refused}`,
  ];
}

/** By permission: the rest of the change besides that doctor names what is lacking. */
const losses: Readonly<Record<string, () => Lines>> = {
  'create jobs.batch -n nodemend-pod': () => unobserved('create jobs -n nodemend-pod'),
  'list pods -n nodemend-pod': () => unobserved('list pods -n nodemend-pod'),
  'watch pods -n nodemend-pod': () => unobserved('watch pods -n nodemend-pod'),
  'get pods/exec -n nodemend-pod': () => unobserved('get pods/exec -n nodemend-pod'),
  // Used when all is over, when something goes wrong, and by servers from 1.35 on: see below.
  'delete jobs.batch -n nodemend-pod': () => [],
  'list events -n nodemend-pod': () => [],
  'create pods/exec -n nodemend-pod': () => [],
};

test('every permission of the role is tried', () => {
  expect(Object.keys(losses).toSorted()).toEqual(permissions.map(([text]) => text).toSorted());
});

/** What nodemend-read, which the account has too, allows in every namespace. */
function alsoOfRead({ verb, group, resource }: Permission): Permission | undefined {
  return permissionsOf(shippedObjects('base/nodemend-read.yaml')).find(
    (one) => one.verb === verb && one.group === group && one.resource === resource,
  );
}

async function withoutEither(permission: Permission, work: () => Promise<void>): Promise<void> {
  const inRead = alsoOfRead(permission);
  const own = (): Promise<void> => withoutPermission(fixture.admin, holder.api, permission, work);
  await (inRead ? withoutPermission(fixture.admin, holder.api, inRead, own) : own());
}

/** What is no longer seen of the whole cluster then. */
function lossOfRead(permission: Permission): Lines {
  const { verb = '', resource = '' } = alsoOfRead(permission) ?? {};
  if (verb === '') return [];
  // Those of nodes are asked for by themselves.
  const lists = resource === 'events' ? [resource, 'events-of-nodes'] : [resource];
  return [
    '- doctor rbac nodemend-read ok',
    `+ doctor rbac nodemend-read fail ${verb} ${resource}`,
    ...lists.flatMap((list) => [
      `- bundle ${list} seen`,
      `+ bundle ${list} unknown forbidden API_FORBIDDEN ${verb} ${resource}`,
    ]),
  ];
}

test.each(permissions)(
  'without %s what needs it is unknown for want of it, and nothing else',
  async (text, permission) => {
    const [lacking = ''] = text.replace('.batch', '').split(' -n');
    await withoutEither(permission, async () => {
      const expected = [
        ...lossOfRead(permission),
        '- doctor rbac nodemend-pod ok',
        `+ doctor rbac nodemend-pod fail ${lacking}`,
        ...(losses[text]?.() ?? []),
      ];
      expect(difference(whole, await saidLines())).toEqual(expected.toSorted());
      // Jobs that may not be removed are still there, and the cluster removes them a little later.
      if (permission.verb === 'delete') expect(await jobs()).toMatch(/^job\.batch\//);
      await expect.poll(jobs, { timeout: 60_000, interval: 250 }).toBe('');
    });
  },
);

const listEvents = permissions.find(([text]) => text === 'list events -n nodemend-pod')![1];

test('with the right to list events it is known why a pod is not made, without it only that it is not', async () => {
  const level = (enforce: string): Promise<string> =>
    fixture.testbed.kubectl(
      'label',
      '--overwrite',
      'namespace',
      'nodemend-pod',
      `pod-security.kubernetes.io/enforce=${enforce}`,
    );
  const access = async (): Promise<string | undefined> =>
    (await bundleLines(holder, ...viaPod, '--connect-timeout', '8')).find((line) =>
      line.startsWith(`bundle ${node} access`),
    );
  await level('restricted');
  try {
    expect(await access()).toBe(`bundle ${node} access unknown forbidden POD_REFUSED`);
    await withoutEither(listEvents, async () => {
      expect(await access()).toMatch(/ access unknown \S+ POD_NOT_STARTED$/);
    });
  } finally {
    await level('privileged');
  }
});
