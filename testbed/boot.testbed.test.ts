import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf, type Operator } from '../test/end-to-end/operator.ts';
import { walkthrough } from '../test/end-to-end/walkthrough.ts';
import { onNode, rebootNode } from './on-node.ts';
import { cutPower, setBootDelay, startNode } from './power.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';
import { statusLines, type TestbedStatus } from './testbed-status.ts';

/** How a node's run ends and the next one begins: told apart by the testbed, and visible to people. */
let testbed: TestTestbed;
let status: TestbedStatus;
const node = 'containerd-1';
/** All that a user script can do; the kernel is this machine's, and does not leak. */
const everything = ['--prevent', '--override-gate', 'a trial', '--mirror', 'quay.io=https://mirror.invalid'];
const written = '/etc/default/grub.d/99-nodemend.cfg';

beforeAll(async () => {
  const anybody = operatorOf(undefined, {});
  const { stdout: content } = await anybody.nodemend('user-script', ...everything);
  anybody.leave();
  testbed = await startTestTestbed({ containerd: 1, docker: 0 }, { name: 'boot', grub: true, userScript: { content } });
  status = await testbed.status();
});
afterAll(() => testbed?.down());

/** What happened to the node, without what was told before. */
async function happened(): Promise<readonly string[]> {
  return ((await testbed.status()).events.get(node) ?? []).map((each) =>
    each.event === 'ended' ? each.how : each.event,
  );
}

async function line(): Promise<string> {
  return (await statusLines(await testbed.status())).find((text) => text.includes(` ${node} `)) ?? '';
}

async function answers(): Promise<void> {
  const answer = async (): Promise<number> => (await onNode(status, node, 'true')).exitCode;
  await expect.poll(answer, { timeout: 60_000, interval: 200 }).toBe(0);
}

/** The connection may break before the command is answered. */
async function end(command: string): Promise<readonly string[]> {
  const before = (await happened()).length;
  await onNode(status, node, command);
  await expect.poll(async () => (await happened()).length, { timeout: 30_000, interval: 100 }).toBeGreaterThan(before);
  return (await happened()).slice(before);
}

test('at its first boot a node is prepared by one user script, and its kernel is without the argument still', async () => {
  const log = await testbed.root(
    node,
    'cat /var/log/userscript_v2.output /var/log/userscript_v2.exitcode /proc/cmdline',
  );
  expect(log.split('\n')).toEqual([
    expect.stringMatching(/^nodemend: container-logs: kubelet rotates the logs here .*: nothing was written$/),
    expect.stringMatching(/^nodemend: image-pull: \/etc\/containerd\/\S+ was written$/),
    'nodemend: kernel-memory: wanted here anyway: a trial',
    `nodemend: kernel-memory: ${written} was written, and every entry of /boot/grub/grub.cfg has cgroup.memory=nokmem now`,
    expect.stringContaining('kernel-memory: it comes into force with the next boot: nothing is rebooted here'),
    '0',
    expect.not.stringContaining('nokmem'),
    '',
  ]);
});

test('systemctl reboot is a reboot, and the node comes back by itself', () => comesBackFrom('systemctl reboot'));

test('what the user script wrote is in force from then on, and it finds nothing more to do', async () => {
  const [cmdline, ...said] = (await testbed.root(node, 'cat /proc/cmdline; /usr/lib/testbed/user-script')).split('\n');
  expect(cmdline).toContain(' cgroup.memory=nokmem ');
  expect(said.join('\n')).not.toMatch(/(?<!nothing) was written/);
  expect(said).toContain(
    'nodemend: kernel-memory: cgroup.memory=nokmem is in every entry of /boot/grub/grub.cfg; nothing was written',
  );
  await testbed.root(node, `rm ${written}; update-grub`);
});

test('reboot is a reboot, and the node comes back by itself', () => comesBackFrom('reboot'));

async function comesBackFrom(command: string): Promise<void> {
  expect((await end(command))[0]).toBe('reboot');
  await answers();
  expect((await happened()).at(-1)).toBe('booted');
  expect(await line()).toMatch(/running since \S+ \(last stop: reboot\)$/);
}

describe('the walkthrough of docs/kernel-memory.md', () => {
  const steps = walkthrough('docs/kernel-memory.md', 'A walkthrough');
  let operator: Operator;
  beforeAll(async () => {
    operator = operatorOf(undefined, { NODEMEND_CONFIG: status.folder.configuration });
    await testbed.kubectl('create', 'namespace', 'nodemend');
  });
  afterAll(() => operator?.leave());

  /** As it is on the page; this machine's kernel does not leak, and nobody is there to answer. */
  async function step(command: string): Promise<string> {
    const words = (steps.find(([first]) => first === command) ?? []).flatMap((word) => {
      if (word === 'RUN') return [operator.runs().at(-1) ?? ''];
      return word === '--prevent' ? [word, '--override-gate', 'a trial'] : [word];
    });
    const approval = ['apply', 'undo'].includes(command) ? ['--yes'] : [];
    const { exitCode, stdout, stderr } = await operator.nodemend(...words, ...approval, '--lang', 'en');
    return `${exitCode}\n${stdout}${stderr}`.replaceAll(/\s+/gu, ' ');
  }

  const bootId = (): Promise<string> => testbed.root(node, 'cat /proc/sys/kernel/random/boot_id');
  const commandLine = (): Promise<string> => testbed.root(node, 'cat /proc/cmdline');

  test('both languages show the same commands', () => {
    expect(steps.map(([command]) => command)).toEqual(['diagnose', 'plan', 'apply', 'verify', 'undo', 'user-script']);
    expect(walkthrough('docs/kernel-memory.ko.md', '따라 해 보기')).toEqual(steps);
  });

  test('the argument is written, the node drained and rebooted, and the argument in force', async () => {
    expect(await step('diagnose')).toMatch(/^0 .*The node is fine/u);
    expect(await step('plan')).toMatch(/^0 .*99-nodemend\.cfg.*[Rr]eboot/u);
    const before = await bootId();
    expect(await step('apply')).toMatch(/^0 /u);
    expect(await bootId()).not.toBe(before);
    expect(await commandLine()).toContain(' cgroup.memory=nokmem ');
    expect(await step('verify')).toMatch(/^0 .*in force/u);
  });

  test('it is undone to the byte, and the node rebooted again', async () => {
    const before = await bootId();
    expect(await step('undo')).toMatch(/^0 /u);
    expect(await bootId()).not.toBe(before);
    expect(await commandLine()).not.toContain('nokmem');
    expect(await testbed.root(node, 'ls /etc/default/grub.d')).not.toContain('nodemend');
  });

  test('scripts for new nodes and for images', async () => {
    expect(await step('user-script')).toMatch(/^0 /u);
    expect(readdirSync(operator.folder)).toEqual(expect.arrayContaining(['bootstrap.sh', 'image.sh']));
  });
});

test('what Debian’s update-grub makes of the node’s own defaults is what its next boot is given, and its kubelet tells of it', async () => {
  const drop = `echo 'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX cgroup.memory=nokmem"' >/etc/default/grub.d/50-test.cfg`;
  await testbed.root(node, `${drop}; update-grub`);
  const lines = 'cat /proc/cmdline /proc/sys/kernel/random/boot_id';
  const [before = ''] = (await testbed.root(node, lines)).split('\n');
  expect(before).toMatch(/^BOOT_IMAGE=\/boot\/vmlinuz-6\.1\.0-28-amd64 root=\/dev\/vda1 ro +quiet$/);
  await rebootNode(status, node);
  const [after = '', bootId = ''] = (await testbed.root(node, lines)).split('\n');
  expect(after).toMatch(
    /^BOOT_IMAGE=\/boot\/vmlinuz-6\.1\.0-28-amd64 root=\/dev\/vda1 ro +cgroup\.memory=nokmem quiet$/,
  );
  const told = 'jsonpath={.status.nodeInfo.bootID} {.status.conditions[?(@.type=="Ready")].status}';
  await expect
    .poll(() => testbed.kubectl('get', 'node', node, '-o', told), { timeout: 60_000, interval: 200 })
    .toBe(`${bootId} True`);
  await testbed.root(node, 'rm /etc/default/grub.d/50-test.cfg; update-grub');
});

test('a start that is late by so much', async () => {
  await setBootDelay(status, node, 4);
  expect(await line()).toMatch(/starts 4 s late$/);
  expect(await rebootNode(status, node)).toBeGreaterThan(4000);
  await setBootDelay(status, node, 0);
});

test('poweroff: it stays off until it is started', async () => {
  expect(await end('poweroff')).toEqual(['poweroff']);
  expect(await line()).toMatch(/off since \S+ \(last stop: poweroff\)$/);
  await expect(cutPower(status, node)).rejects.toThrow(`${node} is off`);
  await startNode(status, node);
  await expect(startNode(status, node)).rejects.toThrow(`${node} is running`);
  await answers();
});

test('a power cut: what was synced is there, what was not is lost, and the start that never comes comes when it is asked for', async () => {
  const bootId = await testbed.root(
    node,
    'cd /var; echo old >file; sync; echo new >file.tmp; mv file.tmp file; echo unsynced >other; cat /proc/sys/kernel/random/boot_id',
  );
  await setBootDelay(status, node, 'never');
  await cutPower(status, node);
  expect((await happened()).slice(-2)).toEqual(['boot delay', 'power cut']);
  expect(await line()).toMatch(/off since \S+ \(last stop: power cut\), starts never$/);
  await startNode(status, node);
  await setBootDelay(status, node, 0);
  await answers();
  const [file, other, next] = (
    await testbed.root(
      node,
      'cd /var; cat file; if [ -e other ]; then cat other; fi | wc -c; cat /proc/sys/kernel/random/boot_id',
    )
  ).split('\n');
  // ext4 with delayed allocation: the rename may be there with its content or not at all (auto_da_alloc), the new file
  // is empty or not there.
  expect(['old', 'new']).toContain(file);
  expect(other).toBe('0');
  expect(`${next}\n`).not.toBe(bootId);
  await testbed.kubectl('wait', '--for=condition=Ready', `node/${node}`, '--timeout=60s');
});

test('a grub.cfg without an entry boots nothing, and says so', async () => {
  await testbed.root(node, ': >/boot/grub/grub.cfg; sync');
  await end('systemctl reboot');
  await expect
    .poll(line, { timeout: 60_000, interval: 200 })
    .toMatch(/does not boot: .*grub\.cfg has no entry to boot$/);
  await expect(startNode(status, node)).rejects.toThrow('grub.cfg has no entry to boot');
});

test('a node that is not there, and a testbed that is down, are told', async () => {
  await expect(startNode(status, 'nobody')).rejects.toThrow(`There is no node nobody\n  next: name one of ${node}`);
  await testbed.down();
  await expect(startNode(status, node)).rejects.toThrow(
    'The testbed boot does not answer\n  next: npm run testbed -- up --name boot',
  );
});
