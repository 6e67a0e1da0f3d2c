import { describe, expect, test } from 'vitest';
import type { AskedNode } from '../../evidence/collect.ts';
import type { ApiNode } from '../../evidence/evidence.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { volumeResources } from '../../evidence/volumes/collect-volumes.ts';
import { workloadKinds } from '../../evidence/workloads/collect-workloads.ts';
import { fakeCluster, statusObject, type FakeCluster } from '../../kubernetes/testing/fake-cluster.ts';
import { recordedNow } from '../../kubernetes/testing/fixed-timing.ts';
import { createLocalTransport } from '../../transport/local/local-transport.ts';
import type { NodeTarget } from '../../transport/transport.ts';
import { collectDoctor, type DoctorRequest } from './collect-doctor.ts';
import type { ApiReport, DoctorReport } from './judge.ts';

const now = new Date(recordedNow);

function request(parts: Partial<DoctorRequest>): DoctorRequest {
  return {
    api: undefined,
    leaseNamespace: 'nodemend',
    findNodes: () => Promise.resolve({ nodes: [], targets: [] }),
    transport: undefined,
    version: '0.0.0',
    now,
    signal: new AbortController().signal,
    ...parts,
  };
}

async function apiReport(cluster: Partial<FakeCluster> = {}): Promise<DoctorReport['api']> {
  return (await collectDoctor(request({ api: await fakeCluster({ nodes: ['a-1'], ...cluster }) }))).api;
}

describe('the API server', () => {
  test('who it is, who we are there, what we may', async () => {
    const notAfter = '2027-01-01T00:00:00.000Z';
    const api = await apiReport({
      answers: { '/api/v1/namespaces/nodemend': { status: 200, json: { metadata: { name: 'nodemend' } } } },
      access: { clientCertificateNotAfter: new Date(notAfter) },
    });

    expect(api).toMatchObject({
      state: 'seen',
      value: {
        context: 'test',
        version: { state: 'seen', value: 'v1.31.4' },
        user: 'kim',
        certificateNotAfter: notAfter,
        leaseNamespace: { name: 'nodemend', state: { state: 'seen', value: 'exists' } },
      },
    });
    const { access } = (api as { readonly value: ApiReport }).value;
    expect(
      access.state === 'seen' &&
        access.value.map(({ access: { verb, resource }, allowed }) => `${verb} ${resource} ${allowed}`),
    ).toEqual([
      'get namespaces true',
      'list nodes true',
      'list pods true',
      'list events true',
      ...[...workloadKinds, ...Object.values(volumeResources)].map(({ resource }) => `list ${resource} true`),
      'list poddisruptionbudgets true',
      'list apiservices true',
      ...Array<string>(3).fill('get clusterroles true'),
      ...Array<string>(3).fill('get clusterrolebindings true'),
      'list felixconfigurations true',
      'get configmaps true',
      'get namespaces true',
      'create leases true',
      'get leases true',
      'update leases true',
      'create configmaps true',
      'get configmaps true',
      'list configmaps true',
      'update configmaps true',
    ]);
  });

  test("a server before 1.28 does not say who we are: the kubeconfig's word is kept apart", async () => {
    expect(
      await apiReport({
        answers: {
          '/apis/authentication.k8s.io/v1/selfsubjectreviews': { status: 404, json: statusObject(404, 'NotFound') },
        },
      }),
    ).toMatchObject({
      value: { user: undefined, entry: 'tester' },
    });
  });

  test('a right that is refused is not used: the namespace is there, and nobody asks for it', async () => {
    const api = await apiReport({
      answers: {
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { status: 201, json: { status: { allowed: false } } },
        '/api/v1/namespaces/nodemend': { status: 200, json: { metadata: { name: 'nodemend' } } },
      },
    });

    const { access } = (api as { readonly value: ApiReport }).value;
    expect(access.state === 'seen' && access.value.every(({ allowed }) => !allowed)).toBe(true);
    expect(api).toMatchObject({ value: { leaseNamespace: { state: { state: 'unknown', reason: 'forbidden' } } } });
  });

  test('a namespace that is missing, or may not be seen in spite of what was said', async () => {
    expect(await apiReport()).toMatchObject({
      value: { leaseNamespace: { state: { state: 'seen', value: 'missing' } } },
    });
    const hidden = await apiReport({
      answers: {
        '/api/v1/namespaces/nodemend': {
          status: 403,
          json: statusObject(403, 'Forbidden', 'namespaces "nodemend" is forbidden'),
        },
      },
    });
    expect(hidden).toMatchObject({ value: { leaseNamespace: { state: { state: 'unknown', reason: 'forbidden' } } } });
  });

  test('rights that cannot be asked for are unknown by themselves', async () => {
    const refused = {
      status: 403,
      json: statusObject(403, 'Forbidden', 'selfsubjectaccessreviews.authorization.k8s.io is forbidden'),
    };

    expect(
      await apiReport({ answers: { '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': refused } }),
    ).toMatchObject({
      state: 'seen',
      value: { version: { state: 'seen' }, access: { state: 'unknown', reason: 'forbidden' } },
    });
  });

  test('who cannot even ask for the version gets the error', async () => {
    expect(
      await apiReport({ answers: { '/version': { status: 401, json: statusObject(401, 'Unauthorized') } } }),
    ).toMatchObject({
      state: 'unknown',
      reason: 'auth-failed',
      error: { code: 'API_UNAUTHORIZED' },
    });
  });

  test('a kubeconfig that cannot be used is the answer, not the end', async () => {
    const { api, groups } = await collectDoctor(
      request({
        api: new NodemendError('KUBECONFIG_MISSING', { path: '/k' }),
        transport: createLocalTransport({ enter: [] }),
      }),
    );

    expect(api).toMatchObject({ state: 'unknown', error: { code: 'KUBECONFIG_MISSING', params: { path: '/k' } } });
    expect(groups).toBe(api);
  });

  test('there is none with a hosts file', async () => {
    expect((await collectDoctor(request({}))).api).toEqual({ state: 'not-looked-at', enable: '--kubeconfig' });
  });
});

describe('node groups', () => {
  const node = (name: string, group: string | undefined, ready: 'True' | 'False'): AskedNode => ({
    name,
    address: 'localhost',
    ...(group === undefined ? {} : { group }),
    api: { conditions: [{ type: 'Ready', status: ready, reason: '', since: '' }], machineID: '' } as unknown as ApiNode,
  });
  const nodes = [
    node('a-1', 'a', 'False'),
    node('a-2', 'a', 'True'),
    node('a-3', 'a', 'True'),
    node('b-1', 'b', 'False'),
    node('lone', undefined, 'True'),
  ];
  const targets = nodes.map(({ name }): NodeTarget => ({
    name,
    address: 'localhost',
    identityFiles: [],
    ...(name === 'a-2' ? { user: 'ubuntu', bastion: { address: 'gate', identityFiles: [] } } : {}),
  }));

  test('nobody asked to go onto nodes', async () => {
    expect((await collectDoctor(request({}))).groups).toEqual({ state: 'not-looked-at', enable: '--via ssh' });
  });

  test('one that is Ready is tried in each, and who was asked for is told', async () => {
    const { groups } = await collectDoctor(
      request({ transport: createLocalTransport({ enter: [] }), findNodes: () => Promise.resolve({ nodes, targets }) }),
    );

    expect(groups).toMatchObject({
      state: 'seen',
      value: [
        {
          group: 'a',
          nodes: 3,
          user: 'ubuntu',
          bastion: 'gate',
          tried: { name: 'a-2', access: { state: 'seen', value: { transport: 'local' } } },
        },
        { group: 'b', nodes: 1, user: '-', tried: { name: 'b-1' } },
        { group: '-', nodes: 1, tried: { name: 'lone' } },
      ],
    });
  });

  test('a list of nodes that may not be read', async () => {
    const findNodes = (): Promise<never> =>
      Promise.reject(
        new NodemendError('API_FORBIDDEN', { user: 'kim', verb: 'list', resource: 'nodes', server: 's', scope: '' }),
      );

    expect(
      (await collectDoctor(request({ transport: createLocalTransport({ enter: [] }), findNodes }))).groups,
    ).toMatchObject({ state: 'unknown', reason: 'forbidden' });
  });

  test('a mistake of the user is heard, not taken for an unknown', async () => {
    const findNodes = (): Promise<never> => Promise.reject(new NodemendError('NODES_UNKNOWN', { nodes: 'zz' }));

    await expect(
      collectDoctor(request({ transport: createLocalTransport({ enter: [] }), findNodes })),
    ).rejects.toMatchObject({ code: 'NODES_UNKNOWN' });
  });
});
