import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import type { CommandResult } from '../end-to-end/operator.ts';
import { startRoleScene, type Holder, type RoleScene } from './role-scene.ts';
import { permissionsOf, permissionText, shippedObjects, type Permission } from './shipped-files.ts';

/** The shipped roles on a real API server with RBAC: all that nodemend needs, and nothing that it does not use. */
const node = 'docker-1';
const leasePath = '/apis/coordination.k8s.io/v1/namespaces/nodemend/leases/nodemend-run';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const readPermissions = permissionsOf(shippedObjects('nodemend-read.yaml'));
const changePermissions = permissionsOf(shippedObjects('nodemend-change.yaml'));
let scene: RoleScene;
let reader: Holder;
let changer: Holder;

beforeAll(async () => {
  scene = await startRoleScene({ containerd: 0, docker: 1 }, 'roles');
  [reader, changer] = [await scene.holder('nodemend-read'), await scene.holder('nodemend-change')];
  await scene.testbed.root(node, "docker run -d --name chatty box:1 sh -c 'echo hello; sleep 100000'");
});
afterAll(() => scene?.down());

function run({ operator }: Holder, ...args: readonly string[]): Promise<CommandResult> {
  return operator.nodemend(...args, '--kubeconfig', 'kubeconfig', '--lang', 'en');
}

/** RBAC names a namespace by its own name and takes it for something in it; roles name it either way. */
const plain = (text: string): string => text.replace(/^(\S+ namespaces\/\S+) -n \S+$/, '$1');
const texts = (permissions: readonly Permission[]): readonly string[] => permissions.map((one) => plain(permissionText(one))).toSorted();

const onNode = (): Promise<string> => scene.testbed.root(node, 'ls -A /etc/logrotate.d /var/lib/nodemend/runs 2>&1; cat /etc/logrotate.d/docker 2>&1 || true');

describe('each role is enough for its commands, and has nothing that they do not use', () => {
  test('nodemend-read: doctor, diagnose, plan, bundle', async () => {
    scene.asked();
    const doctor = await run(reader, 'doctor');
    // That it may not change anything is all there is to say.
    expect(doctor).toMatchObject({ exitCode: 4, stderr: '' });
    expect(doctor.stdout).toMatch(/^ok +nodemend-read: nothing is missing$/m);
    expect(doctor.stdout).toMatch(/^WARN +nodemend-change lacks: get namespaces, create leases, get leases, update\s+leases$/m);
    expect(await run(reader, 'diagnose')).toMatchObject({ exitCode: 3 });
    expect(await run(reader, 'plan', 'container-logs', '--out', 'plan.json')).toMatchObject({ exitCode: 0 });
    expect(await run(reader, 'bundle', '--out', 'bundle.json')).toMatchObject({ exitCode: 0 });
    const { used, refused } = scene.asked();
    expect(refused).toEqual([]);
    expect(used.map(plain)).toEqual(texts(readPermissions));
  });

  test('nodemend-read changes nothing: apply is refused before it begins', async () => {
    const before = await onNode();
    const { exitCode, stderr } = await run(reader, 'apply', './plan.json', '--yes');
    expect(exitCode).toBe(5);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('system:serviceaccount:nodemend:nodemend-read may not get leases -n nodemend (403). [API_FORBIDDEN]');
    expect(await onNode()).toBe(before);
    expect(scene.asked().refused).toEqual([`GET ${leasePath}`]);
  });

  test('nodemend-change: the same, and apply, verify, history, undo', async () => {
    expect(await run(changer, 'doctor')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await run(changer, 'diagnose')).toMatchObject({ exitCode: 3 });
    expect(await run(changer, 'plan', 'container-logs', '--out', 'plan.json')).toMatchObject({ exitCode: 0 });
    const applied = await run(changer, 'apply', './plan.json', '--yes', '--soak', '0');
    expect(applied.exitCode, applied.stderr).toBe(0);
    const [id = ''] = changer.operator.runs();
    expect(await run(changer, 'verify', id)).toMatchObject({ exitCode: 0 });
    expect(await run(changer, 'history', '--from-nodes')).toMatchObject({ exitCode: 0 });
    // The lease is there now: it is taken, and not made.
    expect(await run(changer, 'undo', id, '--yes')).toMatchObject({ exitCode: 0 });
    const { used, refused } = scene.asked();
    expect(refused).toEqual([]);
    expect(used.map(plain)).toEqual(texts([...readPermissions, ...changePermissions]));
  });
});

/** What a command's answer says, as lines that tell one state of the world from another, and nothing that changes by itself. */
type Lines = readonly string[];

function failure({ exitCode, stderr }: CommandResult): string {
  const text = stderr.replaceAll(/\s+/g, ' ');
  return `${exitCode} ${/\[([A-Z_]+)\]/.exec(text)?.[1] ?? ''} ${/may not (.*?) \(403\)/.exec(text)?.[1] ?? ''}`.trimEnd();
}

interface DoctorRow {
  readonly check: string;
  readonly subject?: string;
  readonly state: string;
  readonly text: { readonly params: Readonly<Record<string, string | undefined>> };
  readonly error?: { readonly code: string; readonly params: Readonly<Record<string, string | undefined>> };
}

const words = (...parts: readonly (string | undefined)[]): string => parts.filter((part) => part !== undefined).join(' ');

async function doctorLines(): Promise<Lines> {
  const { stdout } = await run(changer, 'doctor', '-o', 'json');
  const { rows } = JSON.parse(stdout) as { readonly rows: readonly DoctorRow[] };
  return rows.map(({ check, subject, state, text, error }) => words('doctor', check, subject, state, text.params['list'], error?.code, error?.params['verb'], error?.params['resource']));
}

async function bundleLines(): Promise<Lines> {
  const file = `${crypto.randomUUID()}.json`;
  const result = await run(changer, 'bundle', '--out', file);
  if (result.exitCode !== 0 && result.stderr !== '') return [`bundle ${failure(result)}`];
  const { cluster, nodes } = JSON.parse(readFileSync(join(changer.operator.folder, file), 'utf8')) as Evidence;
  const said = (name: string, seen: { readonly state: string; readonly reason?: string; readonly error?: { readonly code: string; readonly params: object } }): string => {
    const { verb, resource } = (seen.error?.params ?? {}) as { readonly verb?: string; readonly resource?: string };
    return words('bundle', name, seen.state, seen.reason, seen.error?.code, verb, resource);
  };
  const parts = cluster.state === 'seen' ? [said('uid', cluster.value.uid), said('version', cluster.value.version)] : [said('cluster', cluster)];
  return [...parts, ...nodes.flatMap(({ name, api, access, sections }) => [said(`${name} api`, api), said(`${name} access`, access), ...Object.entries(sections).map(([section, seen]) => said(`${name} ${section}`, seen))])];
}

/** A whole change and its undo, as far as they come. */
async function applyLines(): Promise<Lines> {
  const before = changer.operator.runs();
  const applied = await run(changer, 'apply', 'container-logs', '--yes', '--soak', '0');
  const id = changer.operator.runs().find((one) => !before.includes(one));
  if (applied.exitCode !== 0 || id === undefined) return [`apply ${failure(applied)}`];
  return ['apply 0', `undo ${failure(await run(changer, 'undo', id, '--yes'))}`];
}

async function allLines(): Promise<Lines> {
  // Doctor and bundle only look; a change in between would change what they see.
  const seen = await Promise.all([doctorLines(), bundleLines()]);
  return [...seen.flat(), ...(await applyLines())];
}

/** What is no longer said, and what is said instead. */
function difference(before: Lines, now: Lines): Lines {
  const [lost, found] = [before.filter((line) => !now.includes(line)), now.filter((line) => !before.includes(line))];
  return [...lost.map((line) => `- ${line}`), ...found.map((line) => `+ ${line}`)];
}

const rolePath = ({ role }: Permission): string => {
  const [kind, name, , namespace] = role.split(' ');
  return kind === 'ClusterRole' ? `${rbac}/clusterroles/${name}` : `${rbac}/namespaces/${namespace}/roles/${name}`;
};

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

function withoutPermission(rules: readonly Rule[], { verb, group, resource, name }: Permission): readonly Rule[] {
  const isIt = ({ apiGroups, resources, resourceNames }: Rule): boolean => apiGroups.includes(group) && resources.includes(resource) && resourceNames?.[0] === name;
  return rules.map((rule) => (isIt(rule) ? { ...rule, verbs: rule.verbs.filter((one) => one !== verb) } : rule)).filter(({ verbs }) => verbs.length > 0);
}

/** The authorizer reads roles from its own cache. */
async function untilAllowed(api: KubernetesApi, { verb, group, resource, name, namespace }: Permission, allowed: boolean): Promise<void> {
  const access = { verb, group, resource, ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) };
  await expect.poll(() => api.canI([access]), { timeout: 30_000, interval: 50 }).toEqual([allowed]);
}

async function withoutRule(permission: Permission, work: () => Promise<void>): Promise<void> {
  const path = rolePath(permission);
  const rules = await scene.admin.get(path, (raw) => raw['rules'] as unknown as readonly Rule[]);
  const write = (changed: readonly Rule[]): Promise<void> =>
    scene.admin.patch(path, { rules: changed as unknown as JsonObject[] }, { type: 'merge', project: () => undefined });
  await write(withoutPermission(rules, permission));
  try {
    await untilAllowed(changer.api, permission, false);
    await work();
  } finally {
    await write(rules);
    await untilAllowed(changer.api, permission, true);
  }
}

const freeLease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'nodemend-run', namespace: 'nodemend' }, spec: {} };

/** By permission: what its loss changes of all that doctor, bundle, apply and undo say. Everything else must stay as it was. */
const losses: Readonly<Record<string, Lines>> = {
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

describe('without one permission the matching part is unknown or refused by its name, and no other', () => {
  let whole: Lines;
  const permissions = [...readPermissions, ...changePermissions].map((permission) => [plain(permissionText(permission)), permission] as const);

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
    await scene.testbed.kubectl('-n', 'nodemend', 'delete', 'leases', '--all');
    if (permission.verb !== 'create') await scene.admin.create(leasePath.replace(/\/[^/]*$/, ''), freeLease, () => undefined);
    await withoutRule(permission, async () => {
      const found = difference(whole, await allLines());
      const expected = (losses[text] ?? []).flatMap((line) => (line === '- BUNDLE' ? whole.filter((one) => one.startsWith('bundle ')).map((one) => `- ${one}`) : [line]));
      expect(found.toSorted()).toEqual(expected.toSorted());
    });
    if (!(losses[text] ?? []).includes('- apply 0')) return;
    expect(await onNode()).toBe(before);
  });
});

describe('without what a cluster gives to every user by default', () => {
  /** Takes bindings of the cluster away, does the work, and puts them back. */
  async function withoutBindings(names: readonly string[], isGone: () => Promise<unknown>, work: () => Promise<void>): Promise<void> {
    const path = `${rbac}/clusterrolebindings`;
    const bindings = await Promise.all(names.map((name) => scene.admin.get(`${path}/${name}`, (raw) => raw)));
    await Promise.all(names.map((name) => scene.admin.remove(`${path}/${name}`)));
    try {
      await expect.poll(() => isGone().then(() => 'allowed', (error: { readonly code: string }) => error.code), { timeout: 30_000, interval: 50 }).toBe('API_FORBIDDEN');
      await work();
    } finally {
      for (const { apiVersion, kind, metadata, roleRef, subjects } of bindings as readonly { readonly [key: string]: JsonObject }[]) {
        const { name, labels, annotations } = metadata as { readonly [key: string]: JsonObject };
        await scene.admin.create(path, { apiVersion, kind, roleRef, subjects, metadata: { name, labels, annotations } } as JsonObject, () => undefined);
      }
    }
  }
  const seen = async (): Promise<Lines> => (await Promise.all([doctorLines(), bundleLines()])).flat();

  test('who may not ask what they may: that alone is unknown', async () => {
    const before = await seen();
    await withoutBindings(['system:basic-user'], () => changer.api.canI([{ verb: 'list', group: '', resource: 'nodes' }]), async () => {
      expect(difference(before, await seen())).toEqual([
        '- doctor rbac nodemend-read ok',
        '- doctor rbac nodemend-change ok',
        '+ doctor rbac unknown API_FORBIDDEN create selfsubjectaccessreviews',
      ]);
    });
  });

  test('who may not ask for the version: that alone is unknown', async () => {
    const before = await seen();
    const bindings = ['system:discovery', 'system:public-info-viewer', 'system:monitoring'];
    await withoutBindings(bindings, () => changer.api.get('/version', () => undefined), async () => {
      expect(difference(before, await seen())).toEqual([
        '- doctor api-server ok',
        '- bundle version seen',
        '+ doctor api-server unknown API_FORBIDDEN get /version',
        '+ bundle version unknown forbidden API_FORBIDDEN get /version',
      ]);
    });
  });
});
