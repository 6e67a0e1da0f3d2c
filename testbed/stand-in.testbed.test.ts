import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPrograms } from './programs.ts';
import { rebootNode } from './on-node.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';
import { statusLines } from './testbed-status.ts';

/** Docker nodes for which no kubelet speaks: the testbed writes their Node objects, and says so. */
let folder: string;
let testbed: TestTestbed | undefined;
const node = 'docker-1';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-stand-in-'));
});
afterEach(async () => {
  await testbed?.down();
  testbed = undefined;
  await rm(folder, { recursive: true });
});

const get = async (path: string): Promise<string> =>
  (await testbed?.kubectl('get', 'node', node, '-o', `jsonpath=${path}`)) ?? '';
const nodeLine = async (): Promise<string> =>
  (testbed ? (await statusLines(await testbed.status())).find((line) => line.includes(` ${node} `)) : undefined) ?? '';
const ready = '{.status.conditions[?(@.type=="Ready")].status}';

test('asked for: the object is fresh while the node runs, tells its boots, and nothing is scheduled there', async () => {
  testbed = await startTestTestbed({ containerd: 0, docker: 1 }, { name: 'standin', standIn: true });
  expect(await nodeLine()).toContain('NO KUBELET, the testbed writes its Node object: asked for');
  expect(await get('{.status.nodeInfo.kubeletVersion}')).toBe('v1.23.17+stand-in');
  expect(await get('{.status.nodeInfo.containerRuntimeVersion}')).toMatch(/^docker:\/\/\d/);
  expect(await get('{.spec.taints[*].key}')).toContain('testbed.nodemend.dev/stand-in');
  expect(await testbed.root(node, 'docker run --rm box:1 echo hello; pgrep -x kubelet || true')).toBe('hello\n');

  const bootId = await get('{.status.nodeInfo.bootID}');
  await rebootNode(await testbed.status(), node);
  const next = (await testbed.root(node, 'cat /proc/sys/kernel/random/boot_id')).trim();
  expect(next).not.toBe(bootId);
  await expect.poll(() => get('{.status.nodeInfo.bootID}'), { timeout: 30_000, interval: 300 }).toBe(next);
  await testbed.root(node, 'poweroff').catch(() => undefined);
  await expect.poll(nodeLine, { timeout: 30_000, interval: 100 }).toContain('(last stop: poweroff)');
  const renewed = async (): Promise<string | undefined> =>
    testbed?.kubectl('-n', 'kube-node-lease', 'get', 'lease', node, '-o', 'jsonpath={.spec.renewTime}');
  // Longer than a heartbeat takes to come; one may just have been on its way.
  const silent = async (): Promise<boolean> => (await renewed()) === (await sleep(7000).then(renewed));
  await expect.poll(silent, { timeout: 60_000 }).toBe(true);
});

test('a kubelet that does not register: it is taken away, and the testbed stands in', async () => {
  const programs = await findPrograms({
    environment: process.env,
    docker: 'none',
    containerd2: false,
    report: () => undefined,
  });
  await mkdir(folder, { recursive: true });
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kubectl']) {
    await symlink(join(dirname(programs.kubelet), name), join(folder, name));
  }
  await symlink(programs.registry, join(folder, 'registry'));
  await writeFile(join(folder, 'kubelet-1.23'), '#!/bin/sh\nexit 1\n');
  await chmod(join(folder, 'kubelet-1.23'), 0o755);
  testbed = await startTestTestbed(
    { containerd: 0, docker: 1 },
    { name: 'silent', registrationMs: 4000, environment: { ...process.env, NODEMEND_TESTBED_BIN: folder } },
  );
  expect(await nodeLine()).toContain(
    'NO KUBELET, the testbed writes its Node object: its kubelet did not register within 4 s',
  );
  expect(await get(ready)).toBe('True');
  await expect
    .poll(() => testbed?.root(node, 'systemctl is-enabled kubelet || true'), { timeout: 30_000 })
    .toBe('masked\n');
});
