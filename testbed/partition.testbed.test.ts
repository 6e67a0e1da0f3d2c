import { afterAll, beforeAll, expect, test } from 'vitest';
import { onNode } from './on-node.ts';
import { healNode, partitionedNodes, partitionNode } from './partition.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';

let testbed: TestTestbed;
const [cut, other] = ['containerd-1', 'containerd-2'];

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 2, docker: 0 }, 'partition');
});
afterAll(() => testbed?.down());

const ready = (node: string): Promise<string> =>
  testbed.kubectl('get', 'node', node, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}');
const renewed = (node: string): Promise<string> =>
  testbed.kubectl(
    '-n',
    'kube-node-lease',
    'get',
    'lease',
    node,
    '--ignore-not-found',
    '-o',
    'jsonpath={.spec.renewTime}',
  );
/** Says how a connection fares: 0 made, 1 refused or reset, 124 no word within the time (timeout(1)). */
const dial = (address: string, port: number): string =>
  `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null; echo $?`;

test('a node that is cut off: its lease stops, it becomes Unknown, ssh to it times out; the others do not notice', async () => {
  const status = await testbed.status();
  await expect.poll(() => renewed(cut), { timeout: 60_000 }).not.toBe('');
  await partitionNode(status, cut);
  expect([...partitionedNodes(status.folder)]).toEqual([cut]);
  const last = await renewed(cut);

  const direct = await onNode(status, cut, 'true');
  expect(direct.exitCode).toBe(255);
  expect(direct.stderr).toMatch(/timed out/);
  const { networkAddress = '' } = status.plan.nodes.find(({ name }) => name === cut) ?? {};
  expect(await testbed.root(other, dial(networkAddress, 22))).toBe('124\n');
  expect(await testbed.root(other, dial('10.77.0.1', 443))).toBe('0\n');

  await expect.poll(() => ready(cut), { timeout: 120_000, interval: 500 }).toBe('Unknown');
  expect(await renewed(cut)).toBe(last);
  expect(await ready(other)).toBe('True');
});

test('healed: it answers and is Ready again, having been up all the while', async () => {
  const status = await testbed.status();
  await healNode(status, cut);
  expect([...partitionedNodes(status.folder)]).toEqual([]);
  await expect.poll(() => ready(cut), { timeout: 120_000, interval: 500 }).toBe('True');
  expect((await onNode(status, cut, 'true')).exitCode).toBe(0);
  expect((await testbed.status()).events.get(cut)?.map(({ event }) => event)).toEqual(['booted']);
});

test('a node that reboots while it is cut off stays cut off', async () => {
  const status = await testbed.status();
  await testbed.root(cut, 'systemd-run --on-active=2 --timer-property=AccuracySec=100ms systemctl reboot');
  await partitionNode(status, cut);
  const boots = async (): Promise<number> =>
    (await testbed.status()).events.get(cut)?.filter(({ event }) => event === 'booted').length ?? 0;
  await expect.poll(boots, { timeout: 60_000 }).toBe(2);
  expect((await onNode(status, cut, 'true')).stderr).toMatch(/timed out/);
  await healNode(status, cut);
  const answers = async (): Promise<number> => (await onNode(status, cut, 'true')).exitCode;
  await expect.poll(answers, { timeout: 60_000, interval: 300 }).toBe(0);
});

test('a node that is not there is named, with those that are', async () => {
  const status = await testbed.status();
  for (const change of [partitionNode, healNode])
    await expect(change(status, 'docker-9')).rejects.toThrow(
      `There is no node docker-9\n  next: name one of ${cut}, ${other}`,
    );
});
