import { expect, onTestFinished, test, describe } from 'vitest';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { createClient } from '../kubernetes/client.ts';
import { accessTo } from '../kubernetes/testing/access-to.ts';
import { createAuthority } from '../kubernetes/testing/authority.ts';
import { fixedTiming } from '../kubernetes/testing/fixed-timing.ts';
import { httpsServer } from '../kubernetes/testing/https-server.ts';
import { readRecording } from '../kubernetes/testing/recording.ts';
import { collectCluster, listNodes } from './collect-cluster.ts';
import { workloadKinds } from './workloads/collect-workloads.ts';

const { signal } = new AbortController();

/**
 * A real server that answers what the test says, most of it recorded from a real kube-apiserver. It is not an API
 * server.
 */
async function apiWith(
  answers: Readonly<Record<string, { readonly status: number; readonly json?: unknown }>>,
  context = 'test',
): Promise<KubernetesApi> {
  const authority = await createAuthority('test');
  const { certificate: cert, key } = await authority.issue({ commonName: 'server', ip: ['127.0.0.1'] });
  const url = await httpsServer({ cert, key }, (incoming, outgoing) => {
    const { status, json } = answers[new URL(incoming.url ?? '', 'https://x').pathname] ?? { status: 404, json: {} };
    outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
  const api = createClient(accessTo(url, { ca: authority.certificate, context }), { timing: fixedTiming });
  onTestFinished(() => api.close());
  return api;
}

async function recorded(name: string, path: string): Promise<{ readonly status: number; readonly json?: unknown }> {
  const { exchanges } = await readRecording(name);
  const exchange = exchanges.find(({ request }) => request.target === path);
  if (!exchange) throw new Error(`${name} has no ${path}`);
  return exchange.response;
}

describe('collectCluster', () => {
  test('reads who a cluster is', async () => {
    const namespace = await recorded('cluster-uid', '/api/v1/namespaces/kube-system');
    const api = await apiWith({
      '/api/v1/namespaces/kube-system': namespace,
      '/version': await recorded('version', '/version'),
    });

    expect(await collectCluster(api, signal)).toEqual({
      context: 'test',
      server: api.server,
      uid: { state: 'seen', value: (namespace.json as { metadata: { uid: string } }).metadata.uid },
      version: { state: 'seen', value: expect.stringMatching(/^v1\.\d+/) as string },
    });
  });

  test('what may not be read is unknown by itself, and says which right is missing', async () => {
    const forbidden = await recorded('forbidden', '/api/v1/namespaces/kube-system/secrets/any');
    const api = await apiWith({
      '/api/v1/namespaces/kube-system': forbidden,
      '/version': await recorded('version', '/version'),
    });

    expect(await collectCluster(api, signal)).toMatchObject({
      uid: {
        state: 'unknown',
        reason: 'forbidden',
        error: { code: 'API_FORBIDDEN', params: { verb: 'get', resource: 'secrets -n kube-system' } },
      },
      version: { state: 'seen' },
    });
  });

  test('an answer without the field proves nothing', async () => {
    const api = await apiWith({
      '/api/v1/namespaces/kube-system': { status: 200, json: { metadata: {} } },
      '/version': { status: 200, json: [] },
    });

    expect(await collectCluster(api, signal)).toMatchObject({
      uid: { state: 'unknown', reason: 'malformed', error: { code: 'API_ANSWER_INVALID' } },
      version: { state: 'unknown', reason: 'malformed' },
    });
  });

  test('of one namespace only that is listed; events about nodes are listed whole', async () => {
    const identity = {
      '/api/v1/namespaces/kube-system': await recorded('cluster-uid', '/api/v1/namespaces/kube-system'),
      '/version': await recorded('version', '/version'),
    };
    const list = { status: 200, json: { metadata: {}, items: [] } };
    const reads = new Set(['pods', 'events', 'workloads'] as const);
    const lists = ['/api/v1', '/apis/apps/v1', '/apis/batch/v1'].flatMap((root) =>
      workloadKinds
        .filter(({ group, version }) => root.endsWith(group === '' ? '/api/v1' : `/${group}/${version}`))
        .map(({ resource }) => `${root}/namespaces/shop/${resource}`),
    );
    const ofNamespace = ['/api/v1/namespaces/shop/pods', ...lists];
    const answers = (paths: readonly string[]) => ({
      ...identity,
      ...Object.fromEntries(paths.map((at) => [at, list])),
    });
    const there = { '/api/v1/namespaces/shop': { status: 200, json: {} } };
    const seen = async (paths: readonly string[], allEvents: boolean) => {
      const api = await apiWith({ ...answers(paths), ...there });
      return JSON.stringify(await collectCluster(api, signal, { reads, namespace: 'shop', allEvents }));
    };

    expect(await seen([...ofNamespace, '/api/v1/namespaces/shop/events'], false)).not.toContain('"unknown"');
    expect(await seen([...ofNamespace, '/api/v1/events'], true)).not.toContain('"unknown"');
  });

  test('a namespace that is not there is an error, and not an empty list; who cannot ask goes on', async () => {
    const version = await recorded('version', '/version');
    const forbidden = await recorded('forbidden', '/api/v1/namespaces/kube-system/secrets/any');

    await expect(collectCluster(await apiWith({}), signal, { namespace: 'shpo' })).rejects.toMatchObject({
      code: 'API_NOT_FOUND',
      params: { path: '/api/v1/namespaces/shpo' },
    });
    const api = await apiWith({ '/version': version, '/api/v1/namespaces/shop': forbidden });
    expect(await collectCluster(api, signal, { namespace: 'shop' })).toMatchObject({ version: { state: 'seen' } });
  });

  test('Ctrl-C ends it', async () => {
    const api = await apiWith({});
    const aborted = AbortSignal.abort(new Error('interrupted'));

    await expect(collectCluster(api, aborted)).rejects.toThrow('interrupted');
  });
});

/** Written after the Node type of core/v1. */
const node = {
  metadata: {
    name: 'my-prod-gpu-pool-node-0',
    uid: 'f74861c9-98ac-46be-9070-d341b8a91405',
    creationTimestamp: '2026-11-24T09:54:59Z',
    labels: { 'kubernetes.io/os': 'linux' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"password":"hunter2"}' },
    managedFields: [{}],
  },
  spec: {
    unschedulable: true,
    taints: [
      { key: 'a', effect: 'NoSchedule' },
      { key: 'b', value: 'c', effect: 'NoExecute' },
    ],
  },
  status: {
    addresses: [
      { type: 'Hostname', address: 'my-prod-gpu-pool-node-0' },
      { type: 'InternalIP', address: '10.0.0.5' },
      { type: 'InternalIP', address: 'fd00::5' },
    ],
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'KubeletNotReady',
        lastTransitionTime: '2026-11-24T09:55:00Z',
        message: 'long',
      },
      { type: 'Odd', status: 'Perhaps' },
    ],
    images: [{ names: ['a'], sizeBytes: 1 }],
    nodeInfo: {
      machineID: 'm',
      bootID: 'b',
      systemUUID: 's',
      kernelVersion: '5.15.0-164-generic',
      osImage: 'Ubuntu 22.04.5 LTS',
      containerRuntimeVersion: 'containerd://1.6.21',
      kubeletVersion: 'v1.33.4',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: 'amd64',
    },
  },
};

describe('listNodes', () => {
  test('keeps of a node what diagnoses read', async () => {
    const api = await apiWith({
      '/api/v1/nodes': { status: 200, json: { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: [node] } },
    });

    expect(await listNodes(api, { signal })).toEqual([
      {
        name: 'my-prod-gpu-pool-node-0',
        group: 'my-prod-gpu-pool',
        address: '10.0.0.5',
        api: {
          uid: 'f74861c9-98ac-46be-9070-d341b8a91405',
          createdAt: '2026-11-24T09:54:59Z',
          labels: { 'kubernetes.io/os': 'linux' },
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'b', value: 'c', effect: 'NoExecute' },
          ],
          unschedulable: true,
          conditions: [
            { type: 'Ready', status: 'False', reason: 'KubeletNotReady', since: '2026-11-24T09:55:00Z' },
            { type: 'Odd', status: 'Unknown', reason: '', since: '' },
          ],
          internalIP: '10.0.0.5',
          hostname: 'my-prod-gpu-pool-node-0',
          osImage: 'Ubuntu 22.04.5 LTS',
          kernelVersion: '5.15.0-164-generic',
          containerRuntimeVersion: 'containerd://1.6.21',
          kubeletVersion: 'v1.33.4',
          bootID: 'b',
          machineID: 'm',
        },
      },
    ]);
  });

  test('takes the cluster of an NKS context off the names of node groups', async () => {
    const json = { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items: [node] };
    const api = await apiWith(
      { '/api/v1/nodes': { status: 200, json } },
      'nks_my-prod_8be1c0f7-2c0d-4f4e-9a52-1f1f0a3d7a11',
    );

    expect(await listNodes(api, { signal })).toMatchObject([{ group: 'gpu-pool' }]);
  });

  test('reads what a real API server lists, sorted, before any kubelet has spoken', async () => {
    const page = await recorded('nodes-paged', '/api/v1/nodes?limit=3');
    const { items } = page.json as { readonly items: readonly object[] };
    const json = { ...(page.json as object), metadata: {}, items: items.toReversed() };
    const nodes = await listNodes(await apiWith({ '/api/v1/nodes': { status: 200, json } }), { signal });

    expect(nodes.map(({ name, address }) => [name, address])).toEqual([
      ['worker-1', 'worker-1'],
      ['worker-2', 'worker-2'],
      ['worker-3', 'worker-3'],
    ]);
    expect(nodes[0]?.api).toMatchObject({ machineID: '', conditions: [], labels: { pool: 'blue' } });
  });

  test('without the right to list there is no target: an error, not an empty list', async () => {
    const api = await apiWith({ '/api/v1/nodes': await recorded('forbidden', '/api/v1/secrets?limit=500') });

    await expect(listNodes(api, { signal })).rejects.toMatchObject({ code: 'API_FORBIDDEN' });
  });
});
