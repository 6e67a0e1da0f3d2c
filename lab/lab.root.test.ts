import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHostsFile } from '../src/app/configuration/hosts-file.ts';
import { loadConfiguration } from '../src/app/configuration/load.ts';
import type { JsonObject, KubernetesApi } from '../src/kubernetes/api.ts';
import { openKubernetes } from '../src/kubernetes/open-kubernetes.ts';
import { labBreak, labHeal } from './lab-break.ts';
import { labStatus } from './lab-status.ts';
import { runOnNodes } from './run-on-nodes.ts';
import { startTestLab, type TestLab } from './testing/test-lab.ts';

let lab: TestLab;
let api: KubernetesApi;

beforeAll(async () => {
  lab = await startTestLab(3);
  api = await openKubernetes({ kubeconfig: lab.status.folder.kubeconfig, environment: {} });
});
afterAll(async () => {
  await api?.close();
  await lab?.down();
});

const where = () => ({ name: lab.status.name, stateDir: lab.status.folder.path });
const nodeInfo = (name: string) =>
  api.get(`/api/v1/nodes/${name}`, ({ status }) => (status as JsonObject)['nodeInfo'] as Record<string, string>);
const containersOn = (name: string) =>
  api.list('/api/v1/pods', {
    fieldSelector: `spec.nodeName=${name}`,
    project: ({ status }) =>
      ((status as JsonObject)['containerStatuses'] as [{ readonly containerID: string }])[0].containerID,
  });

test('a node is reached by OpenSSH as its own user, by its name and by its InternalIP, with its own host key', async () => {
  for (const [node, user] of [
    [lab.docker, 'centos'],
    [lab.containerd, 'ubuntu'],
  ] as const) {
    for (const target of [node.name, node.address]) {
      const { stdout, stderr } = await lab.ssh(target, 'id -un; hostname; sudo -n id -u');
      expect(`${stdout}${stderr}`).toBe(`${user}\n${node.name}\n0\n`);
    }
  }
  const keys = readFileSync(lab.status.folder.knownHosts, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[2]);
  expect(new Set(keys).size).toBe(3);
});

test('the API tells of each node what the node says of itself', async () => {
  for (const { name, address } of lab.status.nodes) {
    const { stdout } = await lab.ssh(
      name,
      'cat /etc/machine-id /proc/sys/kernel/random/boot_id; . /etc/os-release; echo "$PRETTY_NAME"',
    );
    const { machineID, bootID, osImage } = await nodeInfo(name);
    expect(stdout).toBe(`${machineID}\n${bootID}\n${osImage}\n`);
    const addresses = await api.get(`/api/v1/nodes/${name}`, ({ status }) => (status as JsonObject)['addresses']);
    expect(addresses).toContainEqual({ type: 'InternalIP', address });
  }
});

test('the kubeconfig has one context for everything and one for reading', async () => {
  expect(await api.get('/version', ({ gitVersion }) => gitVersion)).toBe('v1.31.4-nodemend-lab');
  const reader = await openKubernetes({
    kubeconfig: lab.status.folder.kubeconfig,
    context: 'test-read',
    environment: {},
  });
  try {
    const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace: 'nodemend' };
    const wanted = [
      { verb: 'list', group: '', resource: 'nodes' },
      { ...lease, verb: 'create' },
    ];
    expect(await reader.canI(wanted)).toEqual([true, false]);
    expect(await api.canI(wanted)).toEqual([true, true]);
  } finally {
    await reader.close();
  }
});

test('the files for nodemend are what nodemend reads', async () => {
  const { folder } = lab.status;
  const { configuration } = await loadConfiguration({
    file: folder.configuration,
    environment: {},
    workingFolder: '/',
  });
  const hosts = await readHostsFile(folder.hosts, undefined);
  expect(configuration).toMatchObject({
    kubeconfig: lab.status.folder.kubeconfig,
    via: 'ssh',
    ssh: { port: lab.docker.port },
  });
  expect(hosts.map(({ name, address, user, port }) => ({ name, address, user, port }))).toEqual(
    lab.status.nodes.map(({ name, address, user, port }) => ({ name, address, user, port })),
  );
});

test('a node sees the machine’s programs and nothing of its people and data', async () => {
  const { output } = await lab.root(
    lab.docker.name,
    'for folder in root srv mnt media opt boot usr/local/bin tmp; do ls -A "/$folder"; done; echo; ls /home; ' +
      'ls /etc/ssh; test -e "$1" && echo leaked; ls -A /',
    lab.status.folder.path,
  );
  const [home, hostKey, publicKey, configuration, ...entries] = output.trimEnd().split('\n').slice(1);
  expect(output.startsWith('\n'), `one of the empty folders is not empty:\n${output}`).toBe(true);
  expect([home, hostKey, publicKey, configuration]).toEqual([
    'centos',
    'ssh_host_ed25519_key',
    'ssh_host_ed25519_key.pub',
    'sshd_config',
  ]);
  for (const entry of entries) {
    expect([
      'bin',
      'boot',
      'dev',
      'etc',
      'home',
      'lib',
      'lib32',
      'lib64',
      'libx32',
      'media',
      'mnt',
      'opt',
      'proc',
      'root',
      'run',
      'sbin',
      'srv',
      'sys',
      'tmp',
      'usr',
      'var',
    ]).toContain(entry);
  }
});

test('container logs lie where the runtime puts them, and one of them grows', async () => {
  const size = (node: string) =>
    lab.root(node, 'cat /var/log/containers/orders-*.log | wc -c').then(({ output }) => Number(output));
  for (const [{ name }, folder] of [
    [lab.docker, '/var/lib/docker/containers'],
    [lab.containerd, '/var/log/pods'],
  ] as const) {
    const { output } = await lab.root(name, 'cd /var/log/containers && for log in *; do readlink -f "$log"; done');
    const logs = output.trim().split('\n');
    expect(logs).toHaveLength(3);
    for (const log of logs) expect(log.startsWith(folder), log).toBe(true);
    const before = await size(name);
    await expect.poll(() => size(name), { timeout: 30_000, interval: 200 }).toBeGreaterThan(before);
  }
});

test('a node’s own cron starts what it is told to', async () => {
  // At its start cron does what it is to do at boot: nobody has to wait for the next minute.
  const script = `
    set -eu
    echo '@reboot root id -un >/run/cron-ran' >/etc/cron.d/boot
    rm -f /run/crond.reboot
    pkill -x cron
    for n in $(seq 100); do [ ! -s /run/cron-ran ] || break; sleep 0.1; done
    rm /etc/cron.d/boot
    cat /run/cron-ran
  `;
  expect(await lab.root(lab.docker.name, script)).toMatchObject({ exitCode: 0, output: 'root\n' });
});

test('the scheduled run of logrotate rotates the growing log, and the writer goes on in the same file', async () => {
  const script = `
    set -eu
    log=$(readlink -f /var/log/containers/orders-*.log)
    run() { if [ -x /etc/cron.daily/logrotate ]; then /etc/cron.daily/logrotate; else /usr/sbin/logrotate /etc/logrotate.conf; fi; }
    run
    truncate -s 101M "$log"
    run
    stat -c %s "$log"
    sleep 2
    stat -c '%s %b' "$log"
    ls "$(dirname "$log")"
  `;
  const { exitCode, output } = await lab.root(lab.docker.name, script);
  expect(exitCode, output).toBe(0);
  const [after = '', later = ''] = output.split('\n');
  expect(Number(after)).toBeLessThan(10_000);
  // Opened for appending: the file does not jump back to its old size with a hole in it.
  expect(Number(later.split(' ')[0])).toBeLessThan(10_000);
  expect(output).toMatch(/-json\.log-\d{8}-\d+\.gz\n/);
});

test('a fault is injected inside the nodes that were named, and heal gives them a fresh disk', async () => {
  const fault = {
    name: 'rule-gone',
    script: 'set -eu\n[ "$1" = rule-gone ]\nrm /etc/logrotate.d/docker\necho broken >/var/broken',
  };
  const dockerNodes = lab.status.nodes.filter(({ runtime }) => runtime.startsWith('docker:')).map(({ name }) => name);
  const [broken = '', spared = ''] = dockerNodes;
  expect(await labBreak({ ...where(), fault, nodes: [broken] })).toEqual([broken]);
  const ruleOn = (node: string) =>
    lab.ssh(node, 'ls /etc/logrotate.d/docker /var/broken 2>/dev/null').then(({ stdout }) => stdout);
  expect(await ruleOn(broken)).toBe('/var/broken\n');
  expect(await ruleOn(spared)).toBe('/etc/logrotate.d/docker\n');

  const before = await nodeInfo(broken);
  expect(await labHeal({ ...where(), nodes: [broken] })).toEqual([broken]);
  expect(await ruleOn(broken)).toBe('/etc/logrotate.d/docker\n');
  const after = await nodeInfo(broken);
  expect(after['machineID']).toBe(before['machineID']);
  expect(after['bootID']).not.toBe(before['bootID']);
});

test('nodes that cannot have a fault are passed over and not named; when none can have it, that is said', async () => {
  const fault = {
    name: 'rule-missing',
    script: 'ls /var/lib/docker/containers >/dev/null 2>&1 || { echo "no docker here" >&2; exit 69; }',
  };
  const docker = lab.status.nodes.filter(({ runtime }) => runtime.startsWith('docker:')).map(({ name }) => name);
  expect(docker.length).toBeLessThan(lab.status.nodes.length);
  expect(await labBreak({ ...where(), fault })).toEqual(docker);
  await expect(labBreak({ ...where(), fault, nodes: [lab.containerd.name] })).rejects.toMatchObject({
    code: 'LAB_FAULT_FAILED',
    params: { fault: 'rule-missing', node: lab.containerd.name, detail: 'no docker here' },
  });
});

test('a fault that fails says where and why; an unknown node is named', async () => {
  const fault = { name: 'no-such', script: 'echo "unknown fault: $1" >&2; exit 2' };
  await expect(labBreak({ ...where(), fault, nodes: [lab.docker.name] })).rejects.toMatchObject({
    code: 'LAB_FAULT_FAILED',
    params: { fault: 'no-such', node: lab.docker.name, detail: 'unknown fault: no-such' },
  });
  await expect(labBreak({ ...where(), fault, nodes: ['nobody'] })).rejects.toMatchObject({
    code: 'LAB_NODE_UNKNOWN',
    params: { nodes: 'nobody' },
  });
});

test('a fault that hangs is ended inside the node, and what it had started as a service stays', async () => {
  const { name } = lab.docker;
  const script = 'setsid sleep 4711 & exec sleep 4712';
  const [result] = await runOnNodes({ ...where(), nodes: [name], script, timeoutMs: 2000 });
  expect(result).toMatchObject({ node: name, exitCode: 128 });
  const { output } = await lab.root(name, 'ps -e -o args= | grep "^sleep 471"; pkill -x -f "sleep 4711"');
  expect(output).toBe('sleep 4711\n');
});

test('a node that reboots comes back on the same disk with a new boot id, and the API tells it', async () => {
  const { name } = lab.containerd;
  const before = await nodeInfo(name);
  const containers = await containersOn(name);
  await lab.ssh(name, 'sudo touch /var/kept; sudo reboot');
  await expect
    .poll(async () => (await nodeInfo(name))['bootID'], { timeout: 40_000, interval: 50 })
    .not.toBe(before['bootID']);
  // As kubelet's are after a boot.
  for (const container of await containersOn(name)) expect(containers).not.toContain(container);
  const { stdout } = await lab.ssh(name, 'cat /proc/sys/kernel/random/boot_id; ls /var/kept');
  expect(stdout).toBe(`${(await nodeInfo(name))['bootID']}\n/var/kept\n`);
  expect((await labStatus(where())).nodes.every(({ running }) => running)).toBe(true);
});

test('a node that is told to stay down does so, until heal starts it with a fresh disk and its Node object as it was', async () => {
  const { name } = lab.docker;
  const isRunning = async () => (await labStatus(where())).nodes.find((node) => node.name === name)?.running;
  const isCordoned = () =>
    api.get(`/api/v1/nodes/${name}`, ({ spec }) => (spec as JsonObject)['unschedulable'] === true);
  const cordon = { spec: { unschedulable: true } };
  await api.patch(`/api/v1/nodes/${name}`, cordon, { type: 'merge', project: () => undefined });
  await lab.ssh(
    name,
    'sudo sh -c "mkdir -p /var/lib/nodemend-lab; echo never >/var/lib/nodemend-lab/boot-delay; reboot"',
  );
  await expect.poll(isRunning, { timeout: 40_000, interval: 50 }).toBe(false);
  // Longer than what a boot takes.
  await sleep(4000);
  expect([await isRunning(), await isCordoned()]).toEqual([false, true]);
  await labHeal({ ...where(), nodes: [name] });
  expect([await isRunning(), await isCordoned()]).toEqual([true, false]);
});
