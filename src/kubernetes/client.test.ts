import { describe, expect, test } from 'vitest';
import type { JsonObject } from './api.ts';
import { caught } from './testing/caught.ts';
import { replay } from './testing/replay.ts';

const raw = (object: JsonObject) => object;
const spec = (object: JsonObject) => object['spec'] as JsonObject;

describe('against a recorded kube-apiserver', () => {
  test('reads the version and the UID that plans are bound to', async () => {
    const version = (await replay('version'))('reader');
    expect(await version.get('/version', ({ gitVersion }) => gitVersion)).toBe('v1.34.4');
    const uid = (await replay('cluster-uid'))('reader');
    expect(await uid.get('/api/v1/namespaces/kube-system', ({ metadata }) => (metadata as JsonObject)['uid'])).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  test('takes the clock skew from the answer', async () => {
    const api = (await replay('version'))('reader');
    expect(api.clockSkewMs()).toBe(undefined);
    await api.get('/version', raw);
    // The recording was made long after the date that its clients believe in.
    expect(api.clockSkewMs()).toBeGreaterThan(24 * 3600 * 1000);
  });

  test('patches by merge, by strategic merge, by JSON patch with its test, and as a dry run; removes', async () => {
    const api = (await replay('patches'))('admin');
    const path = '/api/v1/nodes/patched';
    expect(await api.patch(path, { spec: { unschedulable: true } }, { type: 'merge', project: spec })).toMatchObject({
      unschedulable: true,
    });
    const taints = [{ key: 'example.test/drain', effect: 'NoSchedule' }];
    const strategic = await api.patch(
      path,
      { spec: { taints } },
      { type: 'strategic', fieldManager: 'nodemend-test', project: spec },
    );
    // Taints have no merge key in core/v1: even this replaces the whole list.
    expect(strategic['taints']).toEqual(taints);
    const uncordon = [
      { op: 'test', path: '/spec/unschedulable', value: true },
      { op: 'remove', path: '/spec/unschedulable' },
    ];
    expect(await api.patch(path, uncordon, { type: 'json', project: spec })).not.toHaveProperty('unschedulable');
    const unmet = api.patch(path, [{ op: 'test', path: '/spec/unschedulable', value: true }], {
      type: 'json',
      project: raw,
    });
    expect(await caught(unmet)).toMatchObject({ code: 'API_REJECTED', params: { status: 422 } });
    const dryRun = await api.patch(
      path,
      { metadata: { labels: { dry: 'run' } } },
      { type: 'merge', dryRun: true, project: raw },
    );
    expect(dryRun).toMatchObject({ metadata: { labels: { dry: 'run' } } });
    await api.remove(path);
  });

  test('applies on the server: another manager’s field is a conflict until it is forced', async () => {
    const api = (await replay('server-side-apply'))('admin');
    const settings = '/api/v1/namespaces/applies/configmaps/settings';
    const configMap = (mode: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { mode },
    });
    await api.patch(settings, configMap('slow'), { type: 'apply', fieldManager: 'nodemend', project: raw });
    const conflict = await caught(
      api.patch(settings, configMap('fast'), { type: 'apply', fieldManager: 'another', project: raw }),
    );
    expect(conflict).toMatchObject({ code: 'API_CONFLICT', params: { path: settings } });
    expect(conflict.params['message']).toContain('conflict with "nodemend"');
    const forced = await api.patch(settings, configMap('fast'), {
      type: 'apply',
      fieldManager: 'another',
      force: true,
      project: raw,
    });
    expect(forced).toMatchObject({ data: { mode: 'fast' } });
  });

  test('waits as a throttling server asks, and comes through', async () => {
    const waits: number[] = [];
    const api = (await replay('too-many-requests', { sleep: async (ms) => void waits.push(ms) }))('reader');
    expect(await api.get('/api/v1/nodes/worker-1', ({ kind }) => kind)).toBe('Node');
    expect(waits).toEqual([1000]);
  });
});
