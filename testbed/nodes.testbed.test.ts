import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionContext, ActionStep } from '../src/actions/action.ts';
import type { ServiceAction } from '../src/actions/service/service-action.ts';
import { lockNode } from '../src/actions/node-state/node-lock.ts';
import { serviceKind } from '../src/actions/service/service.ts';
import { systemTiming } from '../src/kubernetes/timing.ts';
import { fillDisk, rebootNode } from './on-node.ts';
import { leftovers, lookAtMachine, traceOf, type MachineBefore } from './testing/leftovers.ts';
import { rootConnection } from './testing/root-connection.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';

let before: MachineBefore;
let controllers: readonly string[];
let testbed: TestTestbed;
const nodes = ['containerd-1', 'containerd2-1', 'docker-1'];
/** What its kubelet says of a node: the runtime's version and its own. */
const versions: Readonly<Record<string, RegExp>> = {
  'containerd-1': /^containerd:\/\/1\.\S+ v1\.34\.4$/,
  'containerd2-1': /^containerd:\/\/2\.4\.2 v1\.34\.4$/,
  // The last kubelet with dockershim: a node that the testbed stands in for says so in its version, and fails here.
  'docker-1': /^docker:\/\/\d\S+ v1\.23\.17$/,
};

beforeAll(async () => {
  before = lookAtMachine();
  controllers = boundControllers();
  testbed = await startTestTestbed({ containerd: 1, containerd2: 1, docker: 1 });
});
afterAll(() => testbed?.down());

/** Controller and hierarchy: the first two columns of /proc/cgroups (cgroups(7)). */
function boundControllers(): readonly string[] {
  return readFileSync('/proc/cgroups', 'utf8')
    .split('\n')
    .map((line) => line.split('\t').slice(0, 2).join(' '));
}

describe.each(nodes)('%s', (node) => {
  test('a real systemd, running, without a failed unit', async () => {
    expect(
      await testbed.root(node, 'systemctl is-system-running --wait || systemctl --failed --no-legend --plain'),
    ).toBe('running\n');
    for (const unit of ['ssh', 'cron', 'kubelet', 'containerd', 'logrotate.timer']) {
      expect(await testbed.root(node, `systemctl is-active ${unit}`), unit).toBe('active\n');
    }
    expect(await testbed.root(node, 'cat /proc/1/comm')).toBe('systemd\n');
  });

  test('its own kubelet speaks for it, of its own runtime', async () => {
    const info = '{.status.nodeInfo.containerRuntimeVersion} {.status.nodeInfo.kubeletVersion}';
    expect(await testbed.kubectl('get', 'node', node, '-o', `jsonpath=${info}`)).toMatch(versions[node] ?? /^$/);
    expect((await testbed.status()).events.get(node)?.map(({ event }) => event)).not.toContain('stand-in');
    expect(await testbed.root(node, 'pgrep -x kubelet | wc -l')).toBe('1\n');
  });

  test('a pod runs, logs where kubelet keeps logs, and can be entered', async () => {
    const overrides = JSON.stringify({ spec: { nodeName: node } });
    const pod = `box-${node}`;
    await testbed.kubectl(
      'run',
      pod,
      '--image=docker.io/library/box:1',
      '--image-pull-policy=Never',
      `--overrides=${overrides}`,
      '--',
      'sh',
      '-c',
      'echo hello; sleep 1000',
    );
    await testbed.kubectl('wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=60s');
    expect(await testbed.kubectl('logs', pod)).toBe('hello\n');
    expect(await testbed.kubectl('exec', pod, '--', 'sh', '-c', 'echo inside')).toBe('inside\n');
    expect(await testbed.root(node, `cat /var/log/containers/${pod}_default_*.log`)).toContain('hello');
    await testbed.kubectl('delete', 'pod', pod, '--grace-period=1');
  });

  test('kubelet answers through the API server: configz and stats, the disk being the node’s own', async () => {
    const stats = JSON.parse(await testbed.kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`)) as {
      readonly node: { readonly fs: { readonly capacityBytes: number } };
    };
    expect(stats.node.fs.capacityBytes).toBeGreaterThan(1.5e9);
    expect(stats.node.fs.capacityBytes).toBeLessThan(2.2e9);
    expect(await testbed.kubectl('get', '--raw', `/api/v1/nodes/${node}/proxy/configz`)).toContain(
      'containerLogMaxSize',
    );
  });

  test('nothing of it reaches the machine: settings, clock, kernel', async () => {
    const refused = async (script: string): Promise<string> => testbed.root(node, `(${script}) 2>&1 || true`);
    expect(await refused('date -s 2001-01-01 >/dev/null')).toContain('Operation not permitted');
    expect(await refused('echo 1000 >/proc/sys/kernel/pid_max')).toMatch(/Read-only|cannot create/);
    // kubelet has set these two; what it wrote to is the node's own.
    expect(await testbed.root(node, 'echo $(cat /proc/sys/kernel/panic) $(cat /proc/sys/vm/overcommit_memory)')).toBe(
      '10 1\n',
    );
    // No node has bound a controller that the machine does not use to a hierarchy.
    expect(boundControllers()).toEqual(controllers);
    const { folder, plan } = await testbed.status();
    const changes = leftovers(before, folder, { processes: [], namespaces: new Set(), ticks: 0, id: plan.id });
    // All its cgroups are below a folder of its own in every hierarchy, and its loop devices are its disks.
    expect(
      changes.filter((change) => !change.endsWith(`/nodemend-testbed-${plan.id}`) && !change.includes(folder.path)),
    ).toEqual([]);
  });

  test('systemctl reboot: another boot id, the uptime from zero, the disk kept, the command line of grub.cfg’s default entry', async () => {
    const status = await testbed.status();
    expect(await testbed.root(node, 'cat /proc/cmdline')).toBe('BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet\n');
    const first = (
      await testbed.root(
        node,
        "touch /var/kept; sed -i '0,/ro quiet/s//ro quiet cgroup.memory=nokmem/' /boot/grub/grub.cfg; cat /proc/sys/kernel/random/boot_id",
      )
    ).trim();
    const rebooting = performance.now();
    const ms = await rebootNode(status, node);
    const said = await testbed.root(
      node,
      'ls /var/kept; cat /proc/cmdline /proc/sys/kernel/random/boot_id; cut -d. -f1 /proc/uptime',
    );
    const [kept, cmdline, bootId, uptime] = said.split('\n');
    expect([kept, cmdline]).toEqual([
      '/var/kept',
      'BOOT_IMAGE=/boot/vmlinuz root=/dev/vda1 ro quiet cgroup.memory=nokmem',
    ]);
    expect(bootId).not.toBe(first);
    expect(Number(uptime)).toBeLessThanOrEqual((performance.now() - rebooting) / 1000);
    // The Node object tells it as soon as kubelet is back.
    const told = (): Promise<string> =>
      testbed.kubectl('get', 'node', node, '-o', 'jsonpath={.status.nodeInfo.bootID}');
    await expect.poll(told, { timeout: 60_000, interval: 300 }).toBe(bootId);
    await testbed.kubectl('wait', '--for=condition=Ready', `node/${node}`, '--timeout=60s');
    expect(
      (await testbed.status()).events.get(node)?.map((event) => (event.event === 'ended' ? event.how : event.event)),
    ).toEqual(['booted', 'reboot', 'booted']);
    console.log(`${node}: rebooted in ${Math.round(ms)} ms`);
  });
});

test.each(nodes)('a pod on %s reaches the API server on the service’s address', async (node) => {
  const overrides = JSON.stringify({ spec: { nodeName: node } });
  const pod = `dial-${node}`;
  const wget = ['wget', '-q', '--no-check-certificate', '-O', '-', 'https://10.96.0.1/readyz'];
  await testbed.kubectl(
    'run',
    pod,
    '--image=docker.io/library/box:1',
    '--image-pull-policy=Never',
    '--restart=Never',
    `--overrides=${overrides}`,
    '--',
    ...wget,
  );
  await testbed.kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', `pod/${pod}`, '--timeout=60s');
  expect(await testbed.kubectl('logs', pod)).toBe('ok');
});

describe('the service action, with a unit of its own', () => {
  const node = 'containerd-1';
  const context = async (): Promise<ActionContext> => {
    const [machineId = '', bootId = ''] = (
      await testbed.root(node, 'cat /etc/machine-id /proc/sys/kernel/random/boot_id')
    )
      .trim()
      .split('\n');
    const connection = rootConnection(await testbed.status(), node);
    const held = { run: 'service-test', session: 'a1b2c3d4', owner: 'kim', since: '2026-11-24T09:31:00Z' };
    await lockNode(connection, { ...held, machineId, bootId, takeOver: true });
    const record = { owner: 'kim', startedAt: held.since, plan: 'f'.repeat(64), nodes: 1, machineId, order: 0 };
    const check = (): never => expect.unreachable('this action has no checks');
    return {
      connection,
      reconnect: async () => connection,
      run: held.run,
      session: held.session,
      record,
      check,
      redact: (text) => text,
      timing: systemTiming,
      secret: () => undefined,
      signal: new AbortController().signal,
    };
  };
  const action = (id: string): ServiceAction => ({
    kind: 'service',
    id,
    problem: 'container-logs',
    node,
    cures: [],
    why: { key: 'why', params: {} },
    operation: 'restart',
    disrupts: 'restart',
    unit: 'demo.service',
    fragment: '/etc/systemd/system/demo.service',
    daemonReload: true,
    verify: [],
  });
  const put = (text: string): Promise<string> => testbed.root(node, `echo ${text} >/etc/demo`);
  const inForce = async (): Promise<string> => (await testbed.root(node, 'cat /run/demo')).trim();
  async function outcomes(steps: readonly ActionStep[], given: ActionContext): Promise<readonly string[]> {
    const said: string[] = [];
    for (const step of steps) {
      const { outcome, detail } = await step.perform(given);
      said.push(`${step.name} ${outcome}: ${detail}`);
      if (outcome === 'rejected' || outcome === 'refused') break;
    }
    return said;
  }

  beforeAll(async () => {
    // It reads its file at its start, and dies a second later of one that it does not like.
    const unit =
      '[Service]\nExecStart=/bin/sh -c "cp /etc/demo /run/demo; sleep 1; grep -q bad /etc/demo && exit 3; exec ' +
      'sleep infinity"\nRestart=always\nRestartSec=2\n';
    await testbed.root(
      node,
      `echo old >/etc/demo; printf '${unit.replaceAll('\n', '\\n')}' >/etc/systemd/system/demo.service; ` +
        'systemctl daemon-reload; systemctl start demo',
    );
  });

  test('a new file is in force after it, and the old one after its undo', async () => {
    const given = await context();
    await put('new');
    expect(await outcomes(serviceKind.apply(action('first')), given)).toEqual([
      'prepare done: demo.service is as planned',
      'restart done: restarted demo.service: active (running)',
      'verify done: ',
    ]);
    expect(await inForce()).toBe('new');
    expect(await serviceKind.inspect(action('first'), given)).toBe('applied');
    await put('old');
    expect(await outcomes(serviceKind.undo(action('first')), given)).toEqual([
      'undo done: restarted demo.service: active (running)',
    ]);
    expect(await inForce()).toBe('old');
  });

  test('a service that dies a second after its start is not up, whatever systemd calls active, and undo brings it back', async () => {
    const given = await context();
    await put('bad');
    const said = await outcomes(serviceKind.apply(action('second')), given);
    expect(said.at(-1)).toMatch(
      /^restart rejected: \S+: demo\.service did not come up: activating \(auto-restart\), exit-code\.$/,
    );
    await put('old');
    expect(await outcomes(serviceKind.undo(action('second')), given)).toEqual([
      'undo done: restarted demo.service: active (running)',
    ]);
    expect(
      await testbed.root(
        node,
        'systemctl stop demo; rm /etc/systemd/system/demo.service; systemctl daemon-reload; systemctl is-system-running',
      ),
    ).toBe('running\n');
  });

  test('a unit that is not there is refused', async () => {
    expect((await outcomes(serviceKind.apply(action('third')), await context())).join()).toMatch(
      /^prepare refused: .*not-found/,
    );
    await testbed.root(node, 'rm -rf /var/lib/nodemend');
  });
});

test('containerd 2 pins the sandbox image, containerd 1 does not; each has the ctr of its version', async () => {
  const image = "ctr -n k8s.io images list 'name==registry.k8s.io/pause:3.6'";
  expect(await testbed.root('containerd2-1', image)).toContain('io.cri-containerd.pinned=pinned');
  expect(await testbed.root('containerd-1', image)).not.toContain('pinned');
  expect(await testbed.root('containerd2-1', 'ctr version')).toMatch(
    /Client:\n +Version: +2\.4\.2[^]*Server:\n +Version: +2\.4\.2/,
  );
  expect(await testbed.root('containerd2-1', 'head -n 1 /etc/containerd/config.toml')).toBe('version = 3\n');
});

test('a disk that is filled is disk pressure for the real kubelet', async () => {
  expect(await fillDisk(await testbed.status(), 'containerd-1', '94%')).toMatch(/9[3-6]% \/$/);
  const pressure = (): Promise<string> =>
    testbed.kubectl(
      'get',
      'node',
      'containerd-1',
      '-o',
      'jsonpath={.status.conditions[?(@.type=="DiskPressure")].status}',
    );
  await expect.poll(pressure, { timeout: 60_000, interval: 500 }).toBe('True');
});

test('a node that is powered off stays off, and is NotReady', async () => {
  const last = async (): Promise<string | undefined> => {
    const event = (await testbed.status()).events.get('docker-1')?.at(-1);
    return event?.event === 'ended' ? event.how : event?.event;
  };
  await testbed.root('docker-1', 'systemctl poweroff').catch(() => undefined);
  await expect.poll(last, { timeout: 20_000 }).toBe('poweroff');
  const ready = (): Promise<string> =>
    testbed.kubectl('get', 'node', 'docker-1', '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}');
  await expect.poll(ready, { timeout: 60_000, interval: 1000 }).toBe('Unknown');
  expect(await last()).toBe('poweroff');
});

test('down: the machine is as it was', async () => {
  const { folder } = await testbed.status();
  const trace = traceOf(folder);
  await testbed.down();
  expect(leftovers(before, folder, trace)).toEqual([]);
});
