import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../kubernetes/api.ts';
import { fakeCluster, statusObject } from '../../kubernetes/testing/fake-cluster.ts';
import { Limiter } from '../../transport/limiter.ts';
import { collectWorkloads } from './collect-workloads.ts';
import { projectWorkload } from './project-workload.ts';

const { signal } = new AbortController();
const template = { spec: { containers: [{ name: 'app', image: 'k8s.gcr.io/pause:3.2' }] } };
const app = {
  pointer: '/spec/template/spec/containers/0/image',
  image: 'k8s.gcr.io/pause:3.2',
  role: 'container',
  container: 'app',
};

const listOf = (...items: readonly unknown[]) => ({
  status: 200,
  json: { kind: 'List', apiVersion: 'v1', metadata: {}, items },
});
const denied = {
  status: 403,
  json: statusObject(
    403,
    'Forbidden',
    'jobs.batch is forbidden: User "kim" cannot list resource "jobs" in API group "batch" at the cluster scope',
  ),
};
const nothing = Object.fromEntries(
  [
    '/api/v1/podtemplates',
    '/api/v1/replicationcontrollers',
    ...['daemonsets', 'deployments', 'replicasets', 'statefulsets'].map((name) => `/apis/apps/v1/${name}`),
    '/apis/batch/v1/cronjobs',
    '/apis/batch/v1/jobs',
  ].map((path) => [path, listOf()]),
);

const resource = (name: string, kind: string, verbs = ['list', 'watch', 'patch', 'get']) => ({
  name,
  kind,
  namespaced: true,
  verbs,
});
const groups = (...names: readonly string[]) => ({
  status: 200,
  json: {
    kind: 'APIGroupList',
    groups: names.map((name) => ({
      name,
      versions: [{ version: 'v1beta1' }, { version: 'v1' }],
      preferredVersion: { version: 'v1' },
    })),
  },
});
const resources = (...all: readonly unknown[]) => ({ status: 200, json: { kind: 'APIResourceList', resources: all } });

describe('kinds of Kubernetes', () => {
  test('of each object what tells its images, its owner and what manages it', async () => {
    const metadata = {
      name: 'web',
      namespace: 'shop',
      uid: 'u1',
      managedFields: [{}],
      labels: { app: 'web', 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        'meta.helm.sh/release-name': 'shop',
        'kubectl.kubernetes.io/last-applied-configuration': '{"password":"hunter2"}',
      },
    };
    const api = await fakeCluster({
      nodes: [],
      answers: {
        ...nothing,
        '/apis/apps/v1/deployments': listOf({
          metadata,
          spec: { paused: true, strategy: { type: 'Recreate' }, template },
        }),
      },
    });

    const { builtIn, custom } = await collectWorkloads(api, { custom: false, signal, limiter: new Limiter(2) });

    expect(builtIn.find(({ kind }) => kind === 'Deployment')).toEqual({
      group: 'apps',
      version: 'v1',
      resource: 'deployments',
      kind: 'Deployment',
      objects: {
        state: 'seen',
        value: [
          {
            namespace: 'shop',
            name: 'web',
            uid: 'u1',
            marks: { 'app.kubernetes.io/managed-by': 'Helm', 'meta.helm.sh/release-name': 'shop' },
            images: [app],
            strategy: 'Recreate',
            paused: true,
          },
        ],
      },
    });
    expect(builtIn.map(({ resource: name }) => name)).toEqual([
      'podtemplates',
      'replicationcontrollers',
      'daemonsets',
      'deployments',
      'replicasets',
      'statefulsets',
      'cronjobs',
      'jobs',
    ]);
    expect(custom).toEqual({ state: 'not-looked-at', enable: '--custom-resources' });
  });

  test('what may not be listed is unknown by itself, with the missing permission', async () => {
    const api = await fakeCluster({ nodes: [], answers: { ...nothing, '/apis/batch/v1/jobs': denied } });

    const { builtIn } = await collectWorkloads(api, { custom: false, signal, limiter: new Limiter(2) });

    expect(builtIn.filter(({ objects }) => objects.state !== 'seen')).toMatchObject([
      {
        resource: 'jobs',
        objects: {
          state: 'unknown',
          reason: 'forbidden',
          error: { code: 'API_FORBIDDEN', params: { verb: 'list', resource: 'jobs' } },
        },
      },
    ]);
  });

  test('the history of a Deployment is left out, a ReplicaSet that stands alone is not, and a Job knows that it is over', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u1', controller: true };
    const set = (replicas: number, owned: boolean): JsonObject => ({
      metadata: {
        name: 'web-1',
        ...(owned ? { ownerReferences: [{ ...owner, kind: 'Other', controller: false }, owner] } : {}),
      },
      spec: { replicas, template },
      status: {},
    });
    const job = (status: string): JsonObject => ({
      metadata: { name: 'once' },
      spec: { template },
      status: { conditions: [{ type: 'Complete', status }] },
    });

    expect(projectWorkload(set(0, true), 'ReplicaSet')).toBeUndefined();
    expect(projectWorkload(set(0, false), 'ReplicaSet')).toMatchObject({ name: 'web-1' });
    expect(projectWorkload(set(1, true), 'ReplicaSet')?.owner).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      uid: 'u1',
    });
    expect(projectWorkload(job('True'), 'Job')?.finished).toBe(true);
    expect(projectWorkload(job('False'), 'Job')?.finished).toBeUndefined();
  });
});

describe('custom resources', () => {
  const rollout = (name: string, spec: JsonObject, metadata: JsonObject = {}) => ({
    apiVersion: 'argoproj.io/v1',
    kind: 'Rollout',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, ...metadata },
    spec,
  });
  const pod = { apiVersion: 'v1', kind: 'Pod', name: 'web-1', uid: 'u9' };

  test('those that hold a template, name a retired registry or belong to something', async () => {
    const asked: string[] = [];
    const api = await fakeCluster({
      nodes: [],
      onRequest: (url) => asked.push(new URL(url, 'https://x').pathname),
      answers: {
        ...nothing,
        '/apis': groups('apps', 'argoproj.io', 'metrics.k8s.io', 'packages.example.test'),
        '/apis/argoproj.io/v1': resources(
          resource('rollouts', 'Rollout'),
          resource('rollouts/status', 'Rollout'),
          resource('notes', 'Note'),
        ),
        '/apis/argoproj.io/v1beta1': resources(resource('rollouts', 'Rollout'), resource('olds', 'Old')),
        '/apis/packages.example.test/v1': resources(resource('manifests', 'Manifest', ['get', 'list'])),
        '/apis/packages.example.test/v1beta1': resources(),
        '/apis/argoproj.io/v1/rollouts': listOf(
          rollout('web', { template }),
          rollout('field', { image: 'k8s.gcr.io/x:1' }),
          rollout('empty', { a: 1 }),
          rollout('link', {}, { ownerReferences: [{ ...pod, kind: 'Platform' }] }),
          rollout('endpoint', {}, { ownerReferences: [pod] }),
        ),
        '/apis/argoproj.io/v1/notes': listOf(rollout('empty', {})),
        '/apis/argoproj.io/v1beta1/olds': denied,
      },
    });

    const { custom } = await collectWorkloads(api, { custom: true, signal, limiter: new Limiter(2) });

    expect(custom).toMatchObject({
      state: 'seen',
      value: [
        {
          group: 'argoproj.io',
          version: 'v1beta1',
          resource: 'olds',
          objects: { state: 'unknown', reason: 'forbidden' },
        },
        {
          group: 'argoproj.io',
          version: 'v1',
          resource: 'rollouts',
          kind: 'Rollout',
          objects: {
            state: 'seen',
            value: [{ name: 'field' }, { name: 'link', owner: { kind: 'Platform' } }, { name: 'web', images: [app] }],
          },
        },
      ],
    });
    // What a server computes is not asked for, nor what is Kubernetes' own.
    expect(
      asked.filter(
        (path) =>
          path.startsWith('/apis/metrics') ||
          path === '/apis/apps/v1' ||
          path.endsWith('/manifests') ||
          path.endsWith('v1beta1/rollouts'),
      ),
    ).toEqual([]);
  });

  test('a group that does not answer is unknown by its name, and the others are not', async () => {
    const api = await fakeCluster({
      nodes: [],
      answers: {
        ...nothing,
        '/apis': groups('argoproj.io', 'gone.example.test'),
        '/apis/argoproj.io/v1': resources(),
        '/apis/argoproj.io/v1beta1': resources(),
        '/apis/gone.example.test/v1beta1': resources(),
      },
    });

    expect((await collectWorkloads(api, { custom: true, signal, limiter: new Limiter(2) })).custom).toMatchObject({
      state: 'seen',
      value: [{ group: 'gone.example.test', version: 'v1', resource: '*', objects: { state: 'unknown' } }],
    });
  });

  test('a server that does not say which groups it has', async () => {
    const api = await fakeCluster({ nodes: [], answers: { ...nothing, '/apis': denied } });

    expect((await collectWorkloads(api, { custom: true, signal, limiter: new Limiter(2) })).custom).toMatchObject({
      state: 'unknown',
      reason: 'forbidden',
    });
  });
});
