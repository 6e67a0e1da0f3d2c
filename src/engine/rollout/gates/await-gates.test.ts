import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { kinds } from '../../../../lab/api/resources.ts';
import { serveFake } from '../../../../lab/api/testing/serve-fake.ts';
import { alertsAnswer, serveFakePrometheus } from '../../../prometheus/testing/fake-prometheus.ts';
import { fastTiming } from '../drain/testing/fast-timing.ts';
import { someNode, somePod } from '../preflight/testing/some-cluster.ts';
import { askAlerts } from './ask-alerts.ts';
import { awaitGates, type GateQuestion } from './await-gates.ts';
import type { Blocker } from './blocker.ts';
import { defaultGateOptions, type GateOptions, type PrometheusGate } from './gate-options.ts';

const never = new AbortController().signal;

function question(gates: Partial<GateOptions>, more: Partial<GateQuestion> = {}): GateQuestion {
  return {
    api: undefined,
    gates: { ...defaultGateOptions, ...gates },
    timing: fastTiming(),
    signal: never,
    nodes: ['a'],
    needsMs: 60_000,
    othersToo: false,
    ...more,
  };
}

function prometheusAt(url: string, more: Partial<PrometheusGate> = {}): PrometheusGate {
  const files = { caFile: undefined, tokenFile: undefined, passwordFile: undefined };
  return {
    url,
    alertFilterRegexp: undefined,
    alertFilterMatchOnly: false,
    alertFiringOnly: false,
    ...files,
    ...more,
  };
}

function kubeletNode(name: string, kubeletVersion: string, labels: Record<string, string> = {}): KubeObject {
  return someNode({ name, labels, status: { nodeInfo: { kubeletVersion } } }) as unknown as KubeObject;
}

test('nothing is asked of nobody', async () => expect(await awaitGates(question({}))).toEqual([]));

test('pods of a selector on a node that is about to be begun, and on no other', async () => {
  const batch = somePod({ name: 'batch', node: 'b', labels: { job: 'yes' } });
  const served = await serveFake([batch] as unknown as readonly KubeObject[]);
  const asked = { api: served.client('admin') };
  const gates = { blockingPodSelectors: ['job=yes', 'never'] };
  expect(await awaitGates(question(gates, asked))).toEqual([]);
  expect(await awaitGates(question(gates, { ...asked, nodes: ['a', 'b'] }))).toEqual([
    { by: 'pods', node: 'b', selector: 'job=yes', pods: ['shop/batch'] },
  ]);
});

test('what is in the way is waited for as long as was said, told once, and no longer than it takes', async () => {
  const batch = somePod({ name: 'batch', node: 'a', labels: { job: 'yes' } });
  const served = await serveFake([batch] as unknown as readonly KubeObject[]);
  const told: (readonly Blocker[])[] = [];
  let passed = 0;
  const asked = {
    api: served.client('admin'),
    onWait: (blockers: readonly Blocker[]) => void told.push(blockers),
    timing: fastTiming((ms) => {
      passed = ms;
      if (ms >= 60_000) served.store.remove(kinds.Pod, 'shop', 'batch');
    }),
  };
  expect(await awaitGates(question({ blockingPodSelectors: ['job'], waitSeconds: 40 }, asked))).toHaveLength(1);
  expect([passed, told.length]).toEqual([40_000, 1]);
  expect(await awaitGates(question({ blockingPodSelectors: ['job'], waitSeconds: 600 }, asked))).toEqual([]);
  expect(passed).toBe(70_000);
});

test('a node group in which an upgrade is under way, unless it is named; a control plane is upgraded first', async () => {
  const blue = { 'magnum.openstack.org/nodegroup': 'blue' };
  const served = await serveFake([
    kubeletNode('a', 'v1.33.1', blue),
    kubeletNode('b', 'v1.34.4', blue),
    kubeletNode('c', 'v1.33.1'),
    kubeletNode('cp', 'v1.34.4', { 'node-role.kubernetes.io/control-plane': '' }),
  ]);
  const asked = { api: served.client('admin'), othersToo: true };
  const mixed = [{ by: 'mixed-kubelets', group: 'blue', versions: ['v1.33.1', 'v1.34.4'] }];
  expect(await awaitGates(question({}, { ...asked, nodes: ['a'] }))).toEqual(mixed);
  expect(await awaitGates(question({ mixedVersions: ['blue'] }, { ...asked, nodes: ['a'] }))).toEqual([]);
  expect(await awaitGates(question({}, { ...asked, nodes: ['c'] }))).toEqual([]);
  served.store.create(kinds.Node, kubeletNode('d', 'v1.34.4'));
  expect(await awaitGates(question({}, { ...asked, nodes: ['c'] }))).toMatchObject([{ group: '' }]);
  expect(await awaitGates(question({ mixedVersions: ['none'] }, { ...asked, nodes: ['c'] }))).toEqual([]);
  // Nobody who changes files needs to know.
  expect(await awaitGates(question({}, { ...asked, nodes: ['a'], othersToo: false }))).toEqual([]);
});

test('a window that is closed, or too short, is not waited for', async () => {
  // It is 12:00 UTC, 21:00 in Seoul.
  const at = (window: string, needsMs: number): Promise<readonly Blocker[]> =>
    awaitGates(question({ window, waitSeconds: 86_400 }, { needsMs }));
  expect(await at('21:00-22:00 Asia/Seoul', 3_600_000)).toEqual([]);
  expect(await at('21:00-22:00 Asia/Seoul', 3_600_001)).toMatchObject([{ by: 'window', why: 'too-short' }]);
  expect(await at('22:00-04:00 Asia/Seoul', 1)).toEqual([
    { by: 'window', why: 'closed', opensAt: Date.parse('2026-11-30T13:00:00Z') },
  ]);
  // As only a journal that was edited has it.
  expect(await at('tonight', 1)).toMatchObject([{ by: 'unknown', asked: 'window' }]);
});

test('active alerts of a Prometheus that is really asked; one that does not answer is one', async () => {
  let alerts = [{ alertname: 'EtcdDown' }, { alertname: 'Watchdog' }];
  const { url } = await serveFakePrometheus(() => ({ body: alertsAnswer(alerts) }));
  const gates = { prometheus: prometheusAt(url, { alertFilterRegexp: '^Watchdog$' }) };
  expect(await awaitGates(question(gates))).toEqual([{ by: 'alerts', alerts: ['EtcdDown'] }]);
  alerts = alerts.slice(1);
  expect(await awaitGates(question(gates))).toEqual([]);
  expect(await awaitGates(question({ prometheus: prometheusAt('http://127.0.0.1:1') }))).toMatchObject([
    { by: 'unknown', asked: 'alerts', reason: /^refused/u },
  ]);
});

test('credentials are read from their files each time, and what cannot be read blocks', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-prometheus-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'secret');
  const { url, asked } = await serveFakePrometheus(() => ({ body: alertsAnswer([]) }));
  writeFileSync(file, 'first\n');
  chmodSync(file, 0o600);
  expect(await askAlerts(prometheusAt(url, { tokenFile: file }), never)).toEqual([]);
  writeFileSync(file, 'second\n');
  expect(await askAlerts(prometheusAt(url, { tokenFile: file }), never)).toEqual([]);
  const withUser = url.replace('//', '//k%40x@');
  expect(await askAlerts(prometheusAt(withUser, { passwordFile: file }), never)).toEqual([]);
  const basic = `Basic ${Buffer.from('k@x:second').toString('base64')}`;
  expect(asked.map(({ authorization }) => authorization)).toEqual(['Bearer first', 'Bearer second', basic]);
  writeFileSync(file, 'two\r\nx-evil: lines');
  expect(await askAlerts(prometheusAt(url, { tokenFile: file }), never)).toMatchObject([{ by: 'unknown' }]);
  for (const gone of [{ tokenFile: join(folder, 'gone') }, { caFile: join(folder, 'gone') }])
    expect(await askAlerts(prometheusAt(url, gone), never)).toMatchObject([
      { by: 'unknown', asked: 'alerts', reason: `ENOENT: ${join(folder, 'gone')}` },
    ]);
  expect(asked).toHaveLength(3);
});
