import { describe, expect, test } from 'vitest';
import type { JsonObject, KubernetesApi } from '../kubernetes/api.ts';
import { NodemendError } from '../errors/nodemend-error.ts';
import { collectPodWarnings, foldWarnings, projectWarning } from './collect-events.ts';

const pod = { kind: 'Pod', namespace: 'shop', name: 'web-1', uid: 'uid-web-1' };
const failed = { involvedObject: pod, type: 'Warning', reason: 'Failed', message: 'Failed to pull image "nginx:1"' };

describe('an event', () => {
  test('of core/v1, as kubelet writes it', () => {
    expect(
      projectWarning({
        ...failed,
        count: 4,
        lastTimestamp: '2026-11-26T00:00:00Z',
        source: { component: 'kubelet', host: 'worker-1' },
      }),
    ).toEqual({
      namespace: 'shop',
      pod: 'web-1',
      podUid: 'uid-web-1',
      reason: 'Failed',
      message: 'Failed to pull image "nginx:1"',
      node: 'worker-1',
      count: 4,
      lastSeen: '2026-11-26T00:00:00Z',
    });
  });

  test('of events.k8s.io/v1, repeated', () => {
    const series = { count: 7, lastObservedTime: '2026-11-26T00:05:00.000000Z' };
    expect(
      projectWarning({
        ...failed,
        eventTime: '2026-11-26T00:00:00.000000Z',
        series,
        source: {},
        reportingComponent: 'kubelet',
        reportingInstance: 'worker-1',
      }),
    ).toMatchObject({
      node: 'worker-1',
      count: 7,
      lastSeen: '2026-11-26T00:05:00.000000Z',
    });
  });

  test('credentials in its message are masked before it is cut', () => {
    const { message } = projectWarning({
      ...failed,
      message: `${'x'.repeat(4080)} https://kim:hunter2@registry.example.test/v2/`,
    });
    expect(message).toHaveLength(4096);
    expect(message).not.toContain('hunter2');
  });
});

test('the same words of one kubelet are one warning, the latest, with all their count', () => {
  const event = (name: string, at: string): JsonObject => ({
    ...failed,
    involvedObject: { ...pod, name, uid: `uid-${name}` },
    count: 2,
    lastTimestamp: at,
    source: { host: 'worker-1' },
  });
  const warnings = [
    event('a', '2026-11-26T00:01:00Z'),
    event('b', '2026-11-26T00:03:00Z'),
    event('c', '2026-11-26T00:02:00Z'),
  ].map((one) => projectWarning(one));
  expect(foldWarnings(warnings)).toMatchObject([{ pod: 'b', count: 6 }]);
  expect(foldWarnings(warnings.toReversed())).toEqual(foldWarnings(warnings));
});

test('the same words about volumes of two pods are two warnings: which pod it is stands nowhere else', () => {
  const event = (name: string, at: string): JsonObject => ({
    involvedObject: { ...pod, name, uid: `uid-${name}` },
    reason: 'FailedMount',
    message: 'Unable to attach or mount volumes: unmounted volumes=[data]',
    source: { host: 'worker-1' },
    count: 2,
    lastTimestamp: at,
  });
  const warnings = [
    event('a', '2026-11-26T00:01:00Z'),
    event('b', '2026-11-26T00:03:00Z'),
    event('a', '2026-11-26T00:02:00Z'),
  ].map((one) => projectWarning(one));

  expect(foldWarnings(warnings).map(({ podUid, count, lastSeen }) => [podUid, count, lastSeen])).toEqual([
    ['uid-a', 4, '2026-11-26T00:02:00Z'],
    ['uid-b', 2, '2026-11-26T00:03:00Z'],
  ]);
});

describe('asking for them', () => {
  /** Answers lists alone; what is asked for stays to be seen. */
  function apiWith(items: readonly JsonObject[] | Error): { readonly api: KubernetesApi; readonly asked: string[] } {
    const asked: string[] = [];
    const list: KubernetesApi['list'] = (path, { project, fieldSelector = '' }) => {
      asked.push(`${path}?${fieldSelector}`);
      return items instanceof Error ? Promise.reject(items) : Promise.resolve(items.map(project));
    };
    return { api: { list } as KubernetesApi, asked };
  }

  test('warnings about pods alone, and of these what is about images', async () => {
    const { api, asked } = apiWith([failed, { ...failed, reason: 'Unhealthy', message: 'Readiness probe failed' }]);
    const seen = await collectPodWarnings(api, new AbortController().signal);
    expect(asked).toEqual(['/api/v1/events?involvedObject.kind=Pod,type=Warning']);
    expect(seen).toMatchObject({ state: 'seen', value: [{ reason: 'Failed' }] });
  });

  test('a list that may not be read is unknown, with its reason', async () => {
    const { api } = apiWith(
      new NodemendError('API_FORBIDDEN', { user: 'kim', verb: 'list', resource: 'events', server: 's', scope: '' }),
    );
    expect(await collectPodWarnings(api, new AbortController().signal)).toMatchObject({
      state: 'unknown',
      reason: 'forbidden',
    });
  });
});
