import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planHash } from '../../src/engine/plan-hash.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { nodeSideServer } from '../../testbed/daemon/cluster.ts';
import { killApiServer, cutPower, setBootDelay, startNode } from '../../testbed/power.ts';
import { nodeMaintenanceKind, nodeMaintenanceOf } from '../deploy/node-maintenance.ts';
import { waitUntil } from '../end-to-end/wait-until.ts';
import { nodemendArguments, type CommandResult, type RunningCommand } from '../end-to-end/operator.ts';
import {
  bootOf,
  inService,
  openRebootingCluster,
  serviceOf,
  stopsOf,
  wayArguments,
  webNodes,
  type RebootingCluster,
  type Way,
} from './rebooting-cluster.ts';
import { kuredAt, withBudget, withObject } from './other-hands.ts';
import { namespace, web } from './shop.ts';

/**
 * Nodes that are rebooted one by one, for the boot argument and for nothing, while customers ask a shop on them: real
 * kubelets, budgets, GRUB and systemd. Nothing of it is a fake but `grub-probe`; VolumeAttachments are written here.
 */
let cluster: RebootingCluster;
const argument = 'cgroup.memory=nokmem';
const startedAt = performance.now();

beforeAll(async () => {
  cluster = await openRebootingCluster();
});
afterAll(() => cluster?.down());

const unattended = ['--allow', 'reboot', '--yes', '--soak', '0'];

function start(way: Way, ...args: readonly string[]): RunningCommand {
  return cluster.operators[way].start(...args, ...wayArguments[way], '--lang', 'en');
}

async function ended(command: RunningCommand, exitCode: number): Promise<string> {
  const result: CommandResult = await command.ended;
  const said = `${result.stdout}${result.stderr}`;
  expect(result, said).toMatchObject({ exitCode });
  return said.replaceAll(/\s+/gu, ' ');
}

/** @returns the run's id */
async function done(way: Way, ...args: readonly string[]): Promise<string> {
  const before = cluster.operators[way].runs();
  await ended(start(way, ...args), 0);
  return cluster.operators[way].runs().find((run) => !before.includes(run)) ?? '';
}

const forArgument = ['kernel-memory', '--prevent', '--override-gate', 'the testbed'];
const reboot = (node: string): readonly string[] => ['reboot', '--nodes', node, '--reason', 'a test', ...unattended];

const isInForce = async (node: string): Promise<boolean> => (await bootOf(cluster, node)).words.includes(argument);

/** A node was put back when its own kubelet had told the boot that it is in. */
async function isBack(node: string): Promise<void> {
  expect([node, await serviceOf(cluster, node)]).toEqual([node, inService]);
  const last = cluster.returns.findLast((one) => one.node === node);
  expect(last).toEqual({ node, bootId: (await bootOf(cluster, node)).id, ready: true });
}

/** Waits until a node has stopped once more. @throws Error with what the command said, where that ended before */
async function isDown(node: string, stops: number, { ended: end }: RunningCommand): Promise<void> {
  const stopped = waitUntil(async () =>
    (await stopsOf(cluster, node)).length > stops ? undefined : `${node} has not stopped`,
  );
  stopped.catch(() => undefined);
  const early = end.then(async ({ exitCode, stdout, stderr }) => {
    if ((await stopsOf(cluster, node)).length <= stops) throw new Error(`exit code ${exitCode}: ${stdout}${stderr}`);
  });
  await Promise.race([stopped, early]);
}

/** So far: whether a server was taken away by now depends on where the scheduler had put the four. */
function customersAreServed(): void {
  expect(cluster.load.lost()).toEqual([]);
  expect(cluster.load.fewestReady()).toBeGreaterThanOrEqual(web.minAvailable);
}

describe('the boot argument', () => {
  const node = 'containerd-1';
  let run: string;

  test('by a pod on the node: in force after one reboot', async () => {
    run = await done('pod', 'apply', ...forArgument, '--nodes', node, ...unattended);
    expect(await isInForce(node)).toBe(true);
    expect(await stopsOf(cluster, node)).toEqual(['reboot']);
    await isBack(node);
  });

  test('undone from another machine, through system-ssh: rebooted once more, and gone', async () => {
    await done('system-ssh', 'undo', run, '--allow', 'reboot', '--yes');
    expect(await isInForce(node)).toBe(false);
    expect(await stopsOf(cluster, node)).toEqual(['reboot', 'reboot']);
    await isBack(node);
    customersAreServed();
  });

  test('on all nodes, one after another, through ssh: no customer waits in vain, and the budget holds', async () => {
    const [holding = ''] = await webNodes(cluster);
    const detached = await attachVolume(holding);
    const before = new Map<string, number>();
    for (const name of cluster.nodes) before.set(name, (await stopsOf(cluster, name)).length);
    run = await done('ssh', 'apply', ...forArgument, ...unattended);
    for (const name of cluster.nodes) {
      expect([name, await isInForce(name)]).toEqual([name, true]);
      expect([name, (await stopsOf(cluster, name)).slice(before.get(name))]).toEqual([name, ['reboot']]);
      await isBack(name);
    }
    expect(await detached()).toBeLessThan(await lastStop(holding));
    await wereOneByOne();
    customersAreServed();
    expect(cluster.load.fewestReady()).toBe(web.minAvailable);
    await ended(start('ssh', 'verify', run), 0);
    // Five reboots: over a minute on an idle machine.
  }, 360_000);
});

/** Is let go two seconds after the last pod has left the node, as by a slow CSI driver. @returns when that was */
async function attachVolume(node: string): Promise<() => Promise<number>> {
  const path = '/apis/storage.k8s.io/v1/volumeattachments';
  const source = { persistentVolumeName: 'pv-data' };
  const attachment = { metadata: { name: 'data' }, spec: { attacher: 'none.test', nodeName: node, source } };
  await cluster.api.create(path, attachment, () => undefined);
  const detached = waitUntil(async () => {
    const { unschedulable } = await serviceOf(cluster, node);
    return unschedulable && !(await webNodes(cluster)).includes(node) ? undefined : `${node} is not empty`;
  })
    .then(() => sleep(2_000))
    .then(() => cluster.api.remove(`${path}/data`))
    .then(() => Date.now());
  detached.catch(() => undefined);
  return () => detached;
}

async function lastStop(node: string): Promise<number> {
  const events = (await cluster.testbed.status()).events.get(node) ?? [];
  return Date.parse(events.findLast(({ event }) => event === 'ended')?.at ?? '');
}

/** No two nodes were down at the same time, in all of the cluster's life. */
async function wereOneByOne(): Promise<void> {
  const { events } = await cluster.testbed.status();
  const all = [...events].flatMap(([node, own]) => own.map((each) => ({ ...each, node })));
  const down = new Set<string>();
  for (const { event, node } of all.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
    if (event === 'ended') down.add(node);
    if (event === 'booted') down.delete(node);
    expect(down.size).toBeLessThanOrEqual(1);
  }
}

/** Each leaves the cluster as it was; customers notice none of them. */
describe('in trouble', () => {
  test('a budget that never allows: refused before anything is touched', async () => {
    const [node = ''] = await webNodes(cluster);
    await withBudget(cluster.api, web.replicas, async () => {
      const said = await ended(start('ssh', ...reboot(node)), 8);
      expect(said).toContain('[DRAIN_BLOCKED]');
      expect(said).toContain(`budget web`);
    });
    await isUntouched(node);
  });

  test('kured’s lock, a node maintenance, an upgrade that is under way: refused by their names', async () => {
    const node = 'containerd-2';
    await withObject(cluster.api, kuredAt('containerd-3'), async () => {
      expect(await ended(start('ssh', ...reboot(node)), 8)).toContain('kured');
    });
    await cluster.testbed.kubectl('label', '--overwrite', 'node', 'docker-1', 'magnum.openstack.org/nodegroup=new');
    try {
      expect(await ended(start('ssh', ...reboot(node)), 8)).toContain('v1.23.17');
    } finally {
      await cluster.testbed.kubectl('label', '--overwrite', 'node', 'docker-1', 'magnum.openstack.org/nodegroup=old');
    }
    await withObject(cluster.api, nodeMaintenanceKind, async () => {
      await withObject(cluster.api, nodeMaintenanceOf('containerd-3'), async () => {
        expect(await ended(start('ssh', ...reboot(node)), 8)).toContain('fans');
      });
    });
    await isUntouched(node);
  });

  test('Ctrl-C while pods are on their way: the node is back in service, and was not rebooted', async () => {
    const [node = ''] = await webNodes(cluster);
    const operator = cluster.operators.ssh;
    const known = operator.runs();
    const command = start('ssh', ...reboot(node));
    await operator.journalled(known, (entry) => entry.entry === 'before' && entry.step === 'drain');
    await waitUntil(async () =>
      (await serviceOf(cluster, node)).unschedulable ? undefined : `${node} is not cordoned`,
    );
    command.child.kill('SIGINT');
    await ended(command, 130);
    await isUntouched(node);
    await isWebWhole();
  });

  test('nodemend on the node itself: refused', async () => {
    const node = 'containerd-3';
    expect(await onItself(node)).toMatch(/^8\n[\s\S]*\[OWN_HOST_DISRUPTED\]/u);
    await isUntouched(node);
  });

  test('another tool’s cordon that came while the node was down stays', async () => {
    const node = 'containerd-2';
    const stops = (await stopsOf(cluster, node)).length;
    const command = start('ssh', ...reboot(node));
    await isDown(node, stops, command);
    await cluster.testbed.kubectl('uncordon', node);
    await cluster.testbed.kubectl('cordon', node);
    expect(await ended(command, 0)).toContain('somebody else');
    expect(await serviceOf(cluster, node)).toEqual({ unschedulable: true, marks: [] });
    await cluster.testbed.kubectl('uncordon', node);
  });

  test('an API server that is restarted while a node is down', async () => {
    const node = 'containerd2-1';
    const stops = (await stopsOf(cluster, node)).length;
    const command = start('ssh', ...reboot(node));
    await isDown(node, stops, command);
    await killApiServer(cluster.status);
    await ended(command, 0);
    await isBack(node);
  });

  test('a node that never comes back: the next one is not begun, it stays out of service, and is put back when it is there', async () => {
    const nodes = ['containerd-2', 'containerd-3'];
    for (const node of nodes) await setBootDelay(cluster.status, node, 'never');
    const stops = new Map(
      await Promise.all(nodes.map(async (node) => [node, (await stopsOf(cluster, node)).length] as const)),
    );
    const { runs } = cluster.operators.ssh;
    const known = runs();
    const hash = await planWithin(8, nodes);
    const said = await ended(start('ssh', 'apply', './reboot.json', '--plan-hash', hash, ...unattended), 6);
    expect(said).toContain('[REBOOT_TIMED_OUT]');
    const run = runs().find((one) => !known.includes(one)) ?? '';
    const counts = await Promise.all(
      nodes.map(async (node) => (await stopsOf(cluster, node)).length - (stops.get(node) ?? 0)),
    );
    expect(counts.toSorted()).toEqual([0, 1]);
    const node = nodes[counts.indexOf(1)] ?? '';
    const other = nodes[counts.indexOf(0)] ?? '';
    expect((await serviceOf(cluster, node)).unschedulable).toBe(true);
    await isUntouched(other);
    expect(said).toContain(run);

    for (const each of nodes) await setBootDelay(cluster.status, each, 0);
    await startNode(cluster.status, node);
    await waitUntil(async () => ((await bootOf(cluster, node)).id === '' ? 'no boot' : undefined));
    await ended(start('ssh', 'undo', run, '--allow', 'reboot', '--yes'), 0);
    expect((await stopsOf(cluster, node)).length - (stops.get(node) ?? 0)).toBe(1);
    await isBack(node);
    customersAreServed();
  });

  test('a node that is deleted while it is down is told, and not waited for', async () => {
    const node = 'containerd-3';
    await setBootDelay(cluster.status, node, 'never');
    const stops = (await stopsOf(cluster, node)).length;
    const command = start('ssh', ...reboot(node));
    await isDown(node, stops, command);
    await cluster.testbed.kubectl('delete', 'node', node);
    const since = performance.now();
    expect(await ended(command, 6)).toContain('node-gone');
    expect(performance.now() - since).toBeLessThan(60_000);
  });
});

test('customers were asked all the time, of all nodes; and would have noticed', async () => {
  customersAreServed();
  const [node = ''] = await webNodes(cluster);
  await cutPower(cluster.status, node);
  await sleep(3_000);
  const { answered, lost } = await cluster.load.stop();
  const seconds = (performance.now() - startedAt) / 1000;
  const requests = Object.values(answered).reduce((sum, count) => sum + count, 0);
  process.stderr.write(`${requests} requests in ${seconds.toFixed(0)} s, by node ${JSON.stringify(answered)}\n`);
  expect(lost.length).toBeGreaterThan(0);
  expect(Object.keys(answered)).toHaveLength(cluster.nodes.length);
  expect(requests).toBeGreaterThan(seconds * 10);
});

async function isUntouched(node: string): Promise<void> {
  expect([node, await serviceOf(cluster, node)]).toEqual([node, inService]);
}

/** Available, and none of it on its way out: what a pod holds of a node is taken until it is gone, as for the scheduler. */
async function isWebWhole(): Promise<void> {
  await cluster.testbed.kubectl('-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=120s');
  await waitUntil(async () => {
    const { length } = await webNodes(cluster);
    return length === web.replicas ? undefined : `${length} web servers`;
  });
}

/** A plan to reboot nodes, that waits for each only so long. @returns its hash */
async function planWithin(withinSeconds: number, nodes: readonly string[]): Promise<string> {
  const { folder } = cluster.operators.ssh;
  await ended(start('ssh', 'reboot', '--nodes', nodes.join(','), '--reason', 'a test', '--out', 'reboot.json'), 0);
  const file = join(folder, 'reboot.json');
  const { hash: _hash, signature: _signature, ...plan } = JSON.parse(readFileSync(file, 'utf8')) as Plan;
  const actions = plan.actions.map((action) => (action.kind === 'reboot' ? { ...action, withinSeconds } : action));
  const hash = planHash({ ...plan, actions });
  writeFileSync(file, JSON.stringify({ ...plan, actions, hash }));
  return hash;
}

/** nodemend on a node, which it reaches as `local`. @returns exit code and all that it said */
async function onItself(node: string): Promise<string> {
  const { kubeconfig, sshConfig } = cluster.status.folder;
  const files = mkdtempSync(join(tmpdir(), 'nodemend-files-'));
  cpSync(process.execPath, join(files, 'node'));
  cpSync(dirname(nodemendArguments().at(-1) ?? ''), join(files, 'dist'), { recursive: true });
  const local = readFileSync(kubeconfig, 'utf8').replace(/https:\/\/[\d.]+:\d+/u, nodeSideServer);
  writeFileSync(join(files, 'kubeconfig'), local);
  const archive = execFileSync('tar', ['-C', files, '-cf', '-', '.'], { maxBuffer: 1024 ** 3 });
  rmSync(files, { recursive: true });
  const unpack = 'sudo sh -c "mkdir /var/tmp/nodemend && tar -C /var/tmp/nodemend -xf -"';
  execFileSync('ssh', ['-F', sshConfig, node, unpack], { input: archive });
  const words = [
    './node',
    'dist/main.js',
    ...reboot(node),
    '--via',
    'local',
    '--kubeconfig',
    'kubeconfig',
    '--lang',
    'en',
  ];
  const command = words.map((word) => `'${word}'`).join(' ');
  return cluster.testbed.root(
    node,
    `cd /var/tmp/nodemend; export HOME=/root; ${command} >said 2>&1 </dev/null; echo $?; cat said`,
  );
}
