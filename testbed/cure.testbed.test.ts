import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorOf, type Operator } from '../test/end-to-end/operator.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';

/** The whole way of one trouble on a real cluster: a real container on a real Docker node, nodemend's own command line. */
let testbed: TestTestbed;
let operator: Operator;
const docker = 'docker-1';
const rules = "cat /etc/logrotate.d/* | grep -c '/var/lib/docker/containers' || true";

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, docker: 1 });
  const { folder } = await testbed.status();
  operator = operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration });
});
afterAll(async () => {
  operator?.leave();
  await testbed?.down();
});

async function nodemend(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await operator.nodemend(...args, '--lang', 'en');
  return `${exitCode}\n${stdout}${stderr}`;
}

/** As dockerd knows it. */
async function chattyLog(): Promise<string> {
  return (await testbed.root(docker, "docker inspect --format '{{.LogPath}}' chatty")).trim();
}

const sizeOf = async (path: string): Promise<number> => Number(await testbed.root(docker, `stat -c %s ${path}`));

test('doctor: the API, both node groups through the bastion, sudo; the namespace of leases is missing', async () => {
  const said = await nodemend('doctor');
  expect(said).toMatch(/^4\n/);
  expect(said).toContain(`docker (1 node): ${docker} as debian through 127.`);
  expect(said).toContain('containerd (1 node): containerd-1 as debian through 127.');
  expect(said).toContain('docker: debian becomes root by sudo without a password');
  await testbed.kubectl('create', 'namespace', 'nodemend');
  expect(await nodemend('doctor')).toMatch(/^0\n/);
});

test('diagnose: a container that writes is a finding on the Docker node, and only there', async () => {
  const writing = 'i=0; while [ $i -lt 20000 ]; do echo "order $i accepted, and a line of some length that fills the disk"; i=$((i+1)); done; while :; do echo tick; sleep 1; done';
  await testbed.root(docker, `docker run -d --name chatty box:1 sh -c '${writing}'`);
  const log = await chattyLog();
  await expect.poll(() => sizeOf(log), { timeout: 30_000 }).toBeGreaterThan(2_000_000);
  const said = await nodemend('diagnose', '-o', 'json');
  expect(said).toMatch(/^3\n/);
  const table = await nodemend('diagnose');
  expect(table).toMatch(/FAIL +container-logs, high, 1 node/);
  expect(table).toContain(docker);
  expect(table).toContain('2 nodes: 1 failing, 1 passing.');
});

test('plan, apply, verify: the rule is on the node, and the real logrotate bounds the log while the container writes on', async () => {
  const plan = `${operator.folder}/plan.json`;
  expect(await nodemend('plan', 'container-logs', '--out', plan)).toMatch(/^0\n/);
  expect((await testbed.root(docker, rules)).trim()).toBe('0');
  expect(await nodemend('apply', plan, '--yes')).toMatch(/^0\n/);
  expect((await testbed.root(docker, rules)).trim()).not.toBe('0');
  const [run = ''] = operator.runs();
  expect(await nodemend('verify', run)).toMatch(/^0\n/);
  expect(await nodemend('diagnose')).toMatch(/^0\n/);

  const log = await chattyLog();
  const before = await sizeOf(log);
  await testbed.root(docker, 'logrotate --force /etc/logrotate.conf');
  expect(await sizeOf(log)).toBeLessThan(before / 10);
  const lines = Number(await testbed.root(docker, `wc -l < ${log}`));
  await expect.poll(async () => Number(await testbed.root(docker, `wc -l < ${log}`)), { timeout: 20_000 }).toBeGreaterThan(lines);
  expect(await testbed.root(docker, 'docker logs --tail 1 chatty')).toBe('tick\n');
});

test('undo: the node is as it was, and the finding is back', async () => {
  const [run = ''] = operator.runs();
  expect(await nodemend('undo', run, '--yes')).toMatch(/^0\n/);
  expect((await testbed.root(docker, rules)).trim()).toBe('0');
  expect(await nodemend('diagnose')).toMatch(/^3\n/);
});

test('the same nodes by a hosts file, without the API server', async () => {
  // The links of a pod's logs tell that its runtime is Docker; containerd runs beside dockerd in any case.
  const overrides = JSON.stringify({ spec: { nodeName: docker } });
  await testbed.kubectl('run', 'pod', '--image=docker.io/library/box:1', '--image-pull-policy=Never', `--overrides=${overrides}`, '--', 'sleep', '1000');
  await testbed.kubectl('wait', '--for=condition=Ready', 'pod/pod', '--timeout=60s');
  const { folder } = await testbed.status();
  const { exitCode, stdout } = await operator.nodemend('diagnose', '--hosts', folder.hosts, '--lang', 'en');
  expect(exitCode).toBe(3);
  expect(stdout).toContain('2 nodes: 1 failing, 1 passing.');
});
