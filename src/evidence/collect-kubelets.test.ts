import { expect, test } from 'vitest';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import { collectKubelets, collectMounted } from './collect-kubelets.ts';
import summary from './volumes/fixtures/kubelet-1.34-summary.json' with { type: 'json' };

const signal = new AbortController().signal;

/**
 * An API client that answers for kubelets, and counts how many are asked at once. The real ones are read on the
 * testbed.
 */
function fakeApi(answer: (path: string) => JsonObject) {
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const get = async (path: string, project: (raw: JsonObject) => unknown): Promise<unknown> => {
    asked.push(path);
    now += 1;
    most = Math.max(most, now);
    await new Promise((resolve) => setImmediate(resolve));
    now -= 1;
    return project(answer(path));
  };
  return { api: { get, server: 'https://10.0.0.1:6443' } as unknown as KubernetesApi, asked, most: () => most };
}

test('only the keys that are read are kept, in their own types', async () => {
  const kubeletconfig = {
    containerLogMaxSize: '7Mi',
    containerLogMaxFiles: 4,
    maxPods: 110,
    imageGCHighThresholdPercent: 85,
    evictionHard: { 'nodefs.available': '10%', odd: 1 },
    staticPodURLHeader: { Authorization: ['Bearer secret'] },
    evictionSoft: 'none',
  };
  const { api, asked } = fakeApi(() => ({ kubeletconfig }));
  const seen = await collectKubelets(api, ['worker-1'], signal);

  expect(asked).toEqual(['/api/v1/nodes/worker-1/proxy/configz']);
  const value = {
    containerLogMaxSize: '7Mi',
    containerLogMaxFiles: 4,
    maxPods: 110,
    imageGCHighThresholdPercent: 85,
    evictionHard: { 'nodefs.available': '10%' },
  };
  expect(seen.get('worker-1')).toEqual({ state: 'seen', value });
});

test('of a real kubelet the claims that are mounted, with the size of what is there, and no other volume', async () => {
  const { api, asked } = fakeApi(() => summary);
  const seen = await collectMounted(api, ['worker-1'], signal);

  expect(asked).toEqual(['/api/v1/nodes/worker-1/proxy/stats/summary']);
  const value = [{ namespace: 'shop', name: 'data', capacityBytes: 2_040_373_248 }];
  expect(seen.get('worker-1')).toEqual({ state: 'seen', value });
});

test('each node fails for itself, and eight are asked at once', async () => {
  const nodes = Array.from({ length: 40 }, (_, index) => `worker-${index}`);
  const { api, most } = fakeApi((path) => {
    if (path.includes('worker-7/'))
      throw new NodemendError('API_FORBIDDEN', { verb: 'get', resource: 'nodes/proxy', where: '', user: 'kim' });
    return path.includes('worker-8/') ? {} : { kubeletconfig: {} };
  });
  const seen = await collectKubelets(api, nodes, signal);

  expect(seen.get('worker-7')).toMatchObject({ state: 'unknown', reason: 'forbidden' });
  expect(seen.get('worker-8')).toMatchObject({ state: 'unknown', reason: 'malformed' });
  expect([...seen.values()].filter(({ state }) => state === 'seen')).toHaveLength(38);
  expect(most()).toBe(8);
});
