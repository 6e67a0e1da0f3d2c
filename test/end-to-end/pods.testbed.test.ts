import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestTestbed, type TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { createPodNamespace } from '../../src/transport/testing/pod-fixtures.ts';
import { archiveOf, makeImage } from '../chroot/image-archive.ts';
import { operatorOf, type Operator } from './operator.ts';
import { writeSshProgram } from './ssh-program.ts';

/**
 * Troubles of a containerd and a Docker node, found and cured by somebody who cannot log in to them: `--via pod`, from
 * doctor to undo.
 */
let testbed: TestTestbed;
let operator: Operator;
let sshFolder: string;
const node = 'containerd-1';
const file = '/etc/logrotate.d/containers';
const rule = '/var/log/containers/*.log {\n  rotate 5\n  copytruncate\n}\n';

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, docker: 1 }, 'bypods');
  const { folder } = await testbed.status();
  sshFolder = writeSshProgram(folder.sshConfig);
  operator = operatorOf(undefined, {
    KUBECONFIG: folder.kubeconfig,
    PATH: `${sshFolder}:${process.env['PATH'] ?? ''}`,
  });
  await testbed.kubectl('create', 'namespace', 'nodemend');
  await createPodNamespace(testbed);
  await testbed.root(node, `printf '${rule.replaceAll('\n', '\\n')}' >${file} && chmod 644 ${file}`);
});
afterAll(async () => {
  operator?.leave();
  if (sshFolder) rmSync(sshFolder, { recursive: true });
  await testbed?.down();
});

async function nodemend(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await operator.nodemend(
    ...args,
    '--via',
    'pod',
    '--pod-image',
    'localhost/box:1',
    '--lang',
    'en',
  );
  return `${exitCode}\n${stdout}${stderr}`;
}

const asNodeHasIt = (): Promise<string> => testbed.root(node, `cat ${file} 2>/dev/null || echo none`);
const left = (): Promise<string> =>
  testbed.kubectl('get', 'jobs,pods', '--namespace', 'nodemend-pod', '--output', 'name');

test('doctor: a pod of each node group does what root can do there', async () => {
  const said = await nodemend('doctor');
  expect(said).toMatch(/^0\n/);
  expect(said).toContain('nodemend-pod: nothing is missing');
  expect(said).toMatch(/containerd \(1 node\): containerd-1 as root in \d+ ms/);
  expect(said).toMatch(/docker \(1 node\): docker-1 as root in \d+ ms/);
});

test('diagnose reads both runtimes’ nodes', async () => {
  const said = await nodemend('diagnose');
  expect(said).toMatch(/^3\n/);
  expect(said).toContain('via pod');
  expect(said).toContain("No logrotate rule covers docker's container logs");
  expect(said).toContain(`The rule in ${file} names links`);
  expect(said).toContain('2 nodes: 1 failing, 1 with warnings.');
});

test('plan, apply, verify, undo: the rule goes and comes back, byte for byte, and no pod stays', async () => {
  const plan = `${operator.folder}/plan.json`;
  expect(await nodemend('plan', 'container-logs', '--out', plan)).toMatch(/^0\n/);
  expect(await asNodeHasIt()).toBe(rule);
  expect(await nodemend('apply', plan, '--yes')).toMatch(/^0\n/);
  expect(await asNodeHasIt()).toBe('none\n');
  const [run = ''] = operator.runs();
  expect(await nodemend('verify', run)).toMatch(/^0\n/);
  expect(await nodemend('diagnose')).toMatch(/^0\n/);
  expect(await nodemend('undo', run, '--yes')).toMatch(/^0\n/);
  expect(await asNodeHasIt()).toBe(rule);
  expect(await left()).toBe('');
});

test('an image goes from containerd to Docker through pods, and back through the user’s own ssh', async () => {
  const name = 'registry.example.com/base/carried:1';
  const { archive, digest } = archiveOf(name, makeImage(Buffer.alloc(3_000_000, 'carried')));
  const given = gzipSync(archive).toString('base64');
  const onContainerd = (script: string): Promise<string> => testbed.root(node, script.replaceAll('NAME', name));
  await onContainerd(`echo ${given} | base64 -d | gzip -d | ctr -n k8s.io images import --no-unpack -`);
  const reseed = ['images', 'reseed', name, '--yes', '--from'];
  expect(await nodemend(...reseed, node)).toMatch(/^0\n/);
  const size = await testbed.root('docker-1', `docker image inspect --format '{{.Size}}' ${name}`);
  expect(Number(size)).toBe(3_000_000);
  expect(await left()).toBe('');

  await onContainerd('ctr -n k8s.io images rm --sync NAME $(ctr -n k8s.io images ls -q target.digest==' + `${digest})`);
  const { exitCode, stdout } = await operator.nodemend(...reseed, 'docker-1', '--via', 'system-ssh', '--lang', 'en');
  expect(exitCode, stdout).toBe(0);
  expect(await onContainerd('ctr -n k8s.io images check name==NAME')).toContain('complete');
  const run = operator.runs().at(-1) ?? '';
  const verified = await operator.nodemend('verify', run, '--via', 'system-ssh');
  expect(verified.exitCode, verified.stdout).toBe(0);
});

test('a node that was rebooted since is not changed by the plan that was made before', async () => {
  const plan = `${operator.folder}/old-plan.json`;
  expect(await nodemend('plan', 'container-logs', '--nodes', node, '--out', plan)).toMatch(/^0\n/);
  // As kubelet does after a reboot; the node itself says the same, by a file that stands for the kernel's.
  await testbed.root(node, 'cat /proc/sys/kernel/random/uuid >/run/testbed/boot_id');
  expect(await nodemend('apply', plan, '--yes')).toMatch(/^8\n/);
  expect(await asNodeHasIt()).toBe(rule);
});
