import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isNodemendError } from '../../src/errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane/control-plane.ts';
import { startDaemon, type Daemon } from '../../testbed/control-plane/daemon.ts';
import { findPrograms } from '../../testbed/programs.ts';
import { actingAs } from './acting-as.ts';
import { escalations, type Attempt } from './escalations.ts';
import { deployFolder } from './shipped-files.ts';

/**
 * What the holder of each shipped role can do at worst, asked of a real API server: every way out of the role that we know is
 * tried, and what goes through is what docs/security.md says.
 */
let plane: ControlPlane;
let manager: Daemon;
let program: string;
let admin: KubernetesApi;
const folder = mkdtempSync(join(tmpdir(), 'nodemend-escalation-'));
const opened: KubernetesApi[] = [];

beforeAll(async () => {
  const { etcd, apiserver, kubectl, controllerManager } = await findPrograms({
    environment: process.env,
    docker: 'none',
    containerd2: false,
    report: () => undefined,
  });
  program = kubectl;
  plane = await startControlPlane({ binaries: { etcd, apiserver } });
  const kubeconfig = plane.kubeconfig('admin');
  manager = startDaemon({
    name: 'kube-controller-manager',
    program: controllerManager,
    args: [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', '--concurrent-gc-syncs=1'],
    logFile: join(folder, 'controller-manager.log'),
  });
  admin = await openKubernetes({ kubeconfig, environment: {} });
  await kubectl_('apply', '-k', deployFolder);
  await kubectl_('create', 'namespace', 'shop');
  for (const file of [
    'nodemend-change',
    'nodemend-pod',
    'nodemend-read-kubelet',
    'nodemend-read-metrics',
    'nodemend-change-finalizers',
    'nodemend-change-network',
    'nodemend-change-policies',
    'nodemend-drain',
  ])
    await kubectl_('apply', '-f', join(deployFolder, `${file}.yaml`));
  await kubectl_('apply', '-f', join(deployFolder, 'nodemend-change-workloads.yaml'));
  for (const name of ['nodemend-read-secrets', 'nodemend-change-pull-secrets'])
    await kubectl_('-n', 'shop', 'apply', '-f', join(deployFolder, `${name}.yaml`));
  // As the files say.
  for (const name of [
    'nodemend-read-kubelet',
    'nodemend-read-metrics',
    'nodemend-change-finalizers',
    'nodemend-change-policies',
    'nodemend-drain',
  ])
    await kubectl_('create', 'clusterrolebinding', name, `--clusterrole=${name}`, `--user=${name}`);
  await kubectl_('apply', '-f', join(deployFolder, 'nodemend-change-volume-resize.yaml'));
  for (const name of ['nodemend-change-finalizers', 'nodemend-change-network', 'nodemend-change-volume-resize'])
    await kubectl_('-n', 'kube-system', 'create', 'rolebinding', name, `--role=${name}`, `--user=${name}`);
  for (const [name, kind] of [
    ['nodemend-read-secrets', 'role'],
    ['nodemend-change-pull-secrets', 'role'],
    ['nodemend-change-workloads', 'clusterrole'],
  ])
    await kubectl_('-n', 'shop', 'create', 'rolebinding', name!, `--${kind}=${name}`, `--user=${name}`);
  const holds = 'nodemend-change-image-holds';
  await kubectl_('apply', '-f', join(deployFolder, `${holds}.yaml`));
  await kubectl_('-n', 'kube-system', 'create', 'rolebinding', holds, `--clusterrole=${holds}`, `--user=${holds}`);
  // What there is to be had.
  for (const namespace of ['nodemend', 'shop']) {
    await kubectl_('-n', namespace, 'create', 'secret', 'generic', 'nodemend-ssh', '--from-literal=identity=key');
    await kubectl_('-n', namespace, 'create', 'configmap', 'schedule-night', '--from-literal=schedule.json={}');
  }
  await kubectl_('-n', 'shop', 'create', 'deployment', 'web', '--image=web', '--replicas=0');
});
afterAll(async () => {
  for (const api of opened) await api.close();
  await admin?.close();
  await manager?.stop();
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function kubectl_(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--kubeconfig', plane.kubeconfig('admin'), ...args]);
  return stdout;
}

/** As the authorizer sees somebody who has this account's token, or is this user. */
async function holderOf(account: string): Promise<KubernetesApi> {
  const [namespace, name] = account.split('/');
  const who =
    name === undefined
      ? { as: account, 'as-groups': ['system:authenticated'] }
      : {
          as: `system:serviceaccount:${namespace}:${name}`,
          'as-groups': ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
        };
  const api = await actingAs(plane.kubeconfig('admin'), who, folder);
  opened.push(api);
  return api;
}

/** Whether the authorizer lets it through; what becomes of it then is another matter. */
async function goesThrough(api: KubernetesApi, { verb, path, body = {} }: Attempt): Promise<boolean> {
  const nothing = (): undefined => undefined;
  const carryOut: Readonly<Record<Attempt['verb'], () => Promise<unknown>>> = {
    get: () => api.get(path, nothing),
    list: () => api.list(path, { project: nothing }),
    create: () => api.create(path, body, nothing),
    update: () => api.replace(path, body, nothing),
    patch: () => api.patch(path, body, { type: 'merge', project: nothing }),
    delete: () => api.remove(path),
  };
  try {
    await carryOut[verb]();
    return true;
  } catch (error) {
    if (isNodemendError(error)) return error.code !== 'API_FORBIDDEN';
    throw error;
  }
}

async function whatGoesThrough(account: string): Promise<readonly string[]> {
  const api = await holderOf(account);
  const through: string[] = [];
  for (const attempt of escalations) if (await goesThrough(api, attempt)) through.push(attempt.what);
  const impersonation = ['users', 'groups', 'serviceaccounts'].map((resource) => ({
    verb: 'impersonate',
    group: '',
    resource,
  }));
  if ((await api.canI(impersonation)).includes(true)) through.push('be somebody else');
  return through;
}

/** By role: who holds it, and all that its holder gets beyond looking. The words are those of docs/security.md. */
const worst: Readonly<Record<string, { readonly holder: string; readonly gets: readonly string[] }>> = {
  'nodemend-read': { holder: 'nodemend/nodemend-read', gets: ['see every pod’s manifest'] },
  'nodemend-change': {
    holder: 'nodemend/nodemend-change',
    gets: [
      'see every pod’s manifest',
      'make leases in nodemend',
      'keep nodemend’s lease',
      'make ConfigMaps in nodemend-runs',
      'rewrite ConfigMaps in nodemend-runs',
    ],
  },
  'nodemend-pod': {
    holder: 'nodemend-pod/nodemend-pod',
    gets: ['see every pod’s manifest', 'run privileged pods', 'run commands in pods of nodemend-pod'],
  },
  'nodemend-read-kubelet': { holder: 'nodemend-read-kubelet', gets: ['ask kubelets for anything'] },
  'nodemend-read-metrics': { holder: 'nodemend-read-metrics', gets: ['read the API server’s metrics'] },
  'nodemend-change-finalizers': {
    holder: 'nodemend-change-finalizers',
    gets: ['change Calico’s pods', 'change Calico’s roles'],
  },
  'nodemend-change-network': { holder: 'nodemend-change-network', gets: ['change Calico’s pods'] },
  'nodemend-change-volume-resize': {
    holder: 'nodemend-change-volume-resize',
    gets: ['read the logins of Cinder’s driver', 'replace the logins of Cinder’s driver', 'change Cinder’s pods'],
  },
  'nodemend-drain': {
    holder: 'nodemend-drain',
    gets: ['see every pod’s manifest', 'change nodes', 'evict any pod'],
  },
  'nodemend-read-secrets': { holder: 'nodemend-read-secrets', gets: ['read Secrets of the bound namespace'] },
  'nodemend-change-workloads': {
    holder: 'nodemend-change-workloads',
    gets: ['run any image in the bound namespace'],
  },
  'nodemend-change-pull-secrets': {
    holder: 'nodemend-change-pull-secrets',
    gets: [
      'read Secrets of the bound namespace',
      'write Secrets of the bound namespace',
      'change ServiceAccounts of the bound namespace',
    ],
  },
  'nodemend-change-image-holds': {
    holder: 'nodemend-change-image-holds',
    gets: ['run privileged pods on every node', 'change Calico’s pods', 'change Cinder’s pods'],
  },
  'nodemend-change-policies': { holder: 'nodemend-change-policies', gets: ['decide what the cluster accepts'] },
};

describe('the holder of', () => {
  test.each(Object.entries(worst))('%s gets this and nothing else', async (_role, { holder, gets }) => {
    expect(await whatGoesThrough(holder)).toEqual(gets);
  });

  test('no role at all gets nothing', async () => {
    expect(await whatGoesThrough('nobody')).toEqual([]);
  });

  test('every role of the cluster gets everything: each attempt can succeed', async () => {
    for (const attempt of escalations)
      expect([attempt.what, await goesThrough(admin, attempt)]).toEqual([attempt.what, true]);
  });
});

test.each(['security.md', 'security.ko.md'])('docs/%s has what each gets, in a row of its own', (page) => {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  for (const role of Object.keys(worst)) expect(text).toMatch(new RegExp(`^\\| \`${role}\` \\|`, 'mu'));
});

describe('why it is so', () => {
  test('an immutable object is no lock: who may update and create ConfigMaps exchanges it', async () => {
    await kubectl_('-n', 'shop', 'create', 'role', 'keeper', '--verb=create,update,patch', '--resource=configmaps');
    await kubectl_('-n', 'shop', 'create', 'rolebinding', 'keeper', '--role=keeper', '--user=keeper');
    const configMaps = '/api/v1/namespaces/shop/configmaps';
    const locked: JsonObject = { metadata: { name: 'locked' }, immutable: true, data: { command: 'diagnose' } };
    await admin.create(configMaps, locked, () => undefined);
    const writer = await holderOf('keeper');
    await expect(goesThrough(writer, { what: '', verb: 'delete', path: `${configMaps}/locked` })).resolves.toBe(false);
    // Its owner does not exist, so the garbage collector takes it for an orphan.
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '00000000-0000-0000-0000-000000000000' };
    await writer.patch(
      `${configMaps}/locked`,
      { metadata: { ownerReferences: [owner] } },
      {
        type: 'merge',
        project: () => undefined,
      },
    );
    const command = (): Promise<unknown> =>
      admin.get(`${configMaps}/locked`, (raw) => raw['data']).catch((error: { readonly code: string }) => error.code);
    await expect.poll(command, { timeout: 60_000, interval: 250 }).toBe('API_NOT_FOUND');
    await writer.create(configMaps, { metadata: { name: 'locked' }, data: { command: 'evil' } }, () => undefined);
    expect(await command()).toEqual({ command: 'evil' });
  });

  test('a role for workloads or pull secrets that is bound in the namespace nodemend has the key of the nodes', async () => {
    await kubectl_('-n', 'nodemend', 'apply', '-f', join(deployFolder, 'nodemend-change-pull-secrets.yaml'));
    for (const [name, kind] of [
      ['nodemend-change-pull-secrets', 'role'],
      ['nodemend-change-workloads', 'clusterrole'],
    ])
      await kubectl_('-n', 'nodemend', 'create', 'rolebinding', name!, `--${kind}=${name}`, '--user=careless');
    const careless = (): Promise<readonly string[]> => whatGoesThrough('careless');
    await expect
      .poll(careless, { timeout: 30_000, interval: 500 })
      .toEqual(expect.arrayContaining(['read the key of the nodes', 'change what a CronJob of nodemend runs']));
  });
});
