import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { marksAnnotation } from '../../src/engine/rollout/drain/node-marks.ts';
import { planHash } from '../../src/engine/plan-hash.ts';
import type { Plan } from '../../src/engine/plan.ts';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import { object, text, texts } from '../../src/kubernetes/json-fields.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { operatorOf, type Operator } from './operator.ts';
import { openCluster } from './practice-cluster.ts';
import type { TestCluster } from './test-cluster.ts';

/** Reboots of practice nodes, as an operator types them: `reboot`, GRUB and the time that a boot takes are the lab's. */
let cluster: TestCluster;
let operator: Operator;
let api: KubernetesApi;

beforeAll(async () => {
  cluster = await openCluster('reboot', 3);
  appendFileSync(cluster.environment['NODEMEND_CONFIG'] ?? '', 'rollout:\n  soakSeconds: 0\n');
  operator = operatorOf(cluster);
  api = await openKubernetes({ kubeconfig: cluster.kubeconfig, context: cluster.contexts.read, environment: {} });
});
afterAll(async () => {
  await api?.close();
  operator?.leave();
  await cluster?.down();
});

const unattended = ['--allow', 'reboot', '--yes'];

async function typed(exitCode: number, ...words: readonly string[]): Promise<string> {
  const { stdout, stderr, ...end } = await operator.nodemend(...words);
  expect(end, `${stdout}${stderr}`).toEqual({ exitCode });
  return `${stdout}${stderr}`;
}

function nodeWith(runtime: 'docker' | 'containerd', number = 0): string {
  return cluster.nodes.filter((node) => node.runtime === runtime)[number]?.name ?? '';
}

interface Service {
  readonly bootId: string;
  readonly unschedulable: boolean;
  readonly isMarked: boolean;
}

function serviceOf(node: string): Promise<Service> {
  return api.get(`/api/v1/nodes/${node}`, (raw) => ({
    bootId: text(object(object(raw['status'])['nodeInfo'])['bootID']),
    unschedulable: object(raw['spec'])['unschedulable'] === true,
    isMarked: Object.keys(texts(object(raw['metadata'])['annotations'])).includes(marksAnnotation),
  }));
}

async function inServiceAgain(node: string, before: Service): Promise<Service> {
  const now = await serviceOf(node);
  expect(now).toEqual({ bootId: expect.not.stringMatching(before.bootId), unschedulable: false, isMarked: false });
  expect(await cluster.root(node, 'cat /proc/sys/kernel/random/boot_id')).toBe(`${now.bootId}\n`);
  return now;
}

test('reboot: the node is drained, rebooted once and back in service', async () => {
  const node = nodeWith('docker');
  const before = await serviceOf(node);
  await cluster.root(node, 'mkdir -p /etc/cron.d && echo "@reboot root echo >>/var/boots" >/etc/cron.d/boots');
  const said = await typed(0, 'reboot', '--nodes', node, '--via', 'ssh', ...unattended);
  expect(said).toContain('draining: its pods are gone');
  await inServiceAgain(node, before);
  expect(await cluster.root(node, 'wc -l </var/boots')).toBe('1\n');
  expect(await podsElsewhere(node)).toBe(3);
});

/** The evicted one has a successor on another node. */
function podsElsewhere(node: string): Promise<number> {
  return api
    .list('/api/v1/namespaces/shop/pods', { project: ({ spec }) => text(object(spec)['nodeName']) })
    .then((nodes) => nodes.filter((name) => name !== node).length);
}

test('kernel-memory --prevent: in force after a reboot, verified, and gone after the reboot of its undo', async () => {
  const node = nodeWith('containerd');
  const argument = 'cgroup.memory=nokmem';
  const before = await serviceOf(node);
  const isInForce = async (): Promise<boolean> => (await cluster.root(node, 'cat /proc/cmdline')).includes(argument);
  const asked = ['kernel-memory', '--prevent', '--override-gate', 'practice', '--nodes', node];
  await typed(0, 'apply', ...asked, ...unattended);
  const changed = await inServiceAgain(node, before);
  expect(await isInForce()).toBe(true);

  const run = operator.runs().find((one) => one.includes('kernel-memory')) ?? '';
  expect(await typed(0, 'verify', run)).toContain(`in force: ${argument}`);
  await typed(0, 'undo', run, ...unattended);
  await inServiceAgain(node, changed);
  expect(await isInForce()).toBe(false);
});

test('kernel-memory --argument-only, rebooted by somebody else: the undo tells what the running kernel keeps', async () => {
  const node = nodeWith('containerd');
  const known = operator.runs();
  const asked = ['kernel-memory', '--prevent', '--override-gate', 'practice', '--argument-only', '--nodes', node];
  await typed(0, 'apply', ...asked, '--yes');
  const [run = ''] = operator.runs().filter((one) => !known.includes(one));
  await typed(0, 'reboot', '--nodes', node, ...unattended);
  const said = await typed(0, 'undo', run, '--yes');
  expect(said).toContain('[ARGUMENT_UNTIL_REBOOT]');
  expect(said.replaceAll(/\s+/gu, ' ')).toContain('the running kernel keeps it until the node reboots');
});

test('a node that does not come back: unknown, it stays out of service, and is told what ends that', async () => {
  const node = nodeWith('docker', 1);
  const before = await serviceOf(node);
  await cluster.root(node, 'mkdir -p /var/lib/nodemend-lab && echo 10 >/var/lib/nodemend-lab/boot-delay');
  const known = operator.runs();
  const hash = await planWithin(2, node);
  const said = await typed(6, 'apply', './reboot.json', '--plan-hash', hash, ...unattended);
  const [run = ''] = operator.runs().filter((one) => !known.includes(one));
  expect(said).toMatch(/timed out .*, state unknown/u);
  expect(said).toContain('[REBOOT_TIMED_OUT]');
  expect(said).toContain(`Next: nodemend resume ${run}`);
  expect(await serviceOf(node)).toEqual({ ...before, unschedulable: true, isMarked: true });

  await expect
    .poll(() => serviceOf(node), { timeout: 40_000, interval: 100 })
    .not.toMatchObject({ bootId: before.bootId });
  await typed(0, 'resume', run, '--yes');
  await inServiceAgain(node, before);
});

/** A plan that somebody else made, who waits for the node only so long. @returns its hash */
async function planWithin(withinSeconds: number, node: string): Promise<string> {
  await typed(0, 'reboot', '--nodes', node, '--out', 'reboot.json');
  const file = join(operator.folder, 'reboot.json');
  const { hash: _hash, signature: _signature, ...plan } = JSON.parse(readFileSync(file, 'utf8')) as Plan;
  const actions = plan.actions.map((action) => (action.kind === 'reboot' ? { ...action, withinSeconds } : action));
  const hash = planHash({ ...plan, actions });
  writeFileSync(file, JSON.stringify({ ...plan, actions, hash }));
  return hash;
}
