import { afterEach, expect, test } from 'vitest';
import { daemonFromSources } from './daemon-command.ts';
import { startTestLab, type TestLab } from './testing/test-lab.ts';

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.down();
  lab = undefined;
});

/**
 * Every script of a lab under another `/bin/sh` than Debian's: outside by a mount over it in the lab's own mount
 * namespace, inside by the link in the node's own root and a new start of the node.
 */
test.each(['bash', 'busybox'])('a lab comes up with %s for a shell, outside and inside', async (shell) => {
  const { program, args } = daemonFromSources();
  // With the umask of a careful administrator, which must not show in a node.
  const replaceShell = 'umask 077; mount --bind "$(command -v "$1")" "$(readlink -f /bin/sh)"; shift; exec "$@"';
  lab = await startTestLab(2, 'shells', { program: 'sh', args: ['-c', replaceShell, 'sh', shell, program, ...args] });
  const { name } = lab.docker;
  expect(
    (await lab.ssh(name, 'stat -c "%n %a" / /etc /etc/ssh /home/centos /var/log /usr /tmp /run /usr/local/bin')).stdout,
  ).toBe(
    '/ 755\n/etc 755\n/etc/ssh 755\n/home/centos 755\n/var/log 755\n/usr 755\n/tmp 1777\n/run 755\n/usr/local/bin 755\n',
  );
  const bootId = () => lab?.ssh(name, 'cat /proc/sys/kernel/random/boot_id').then(({ stdout }) => stdout.trim());
  const first = await bootId();
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  await lab.root(name, 'ln -sf "$(command -v "$1")" /bin/sh; kill -TERM 1', shell);
  await expect.poll(bootId, { timeout: 40_000, interval: 100 }).toMatch(new RegExp(`^(?!${first})[0-9a-f-]{36}$`));
  expect((await lab.ssh(name, 'readlink -f /proc/1/exe')).stdout).toBe('');
  expect((await lab.ssh(name, 'sudo readlink -f /proc/1/exe')).stdout).toMatch(new RegExp(`/${shell}\n$`));
  const size = () =>
    lab?.root(name, 'cat /var/log/containers/orders-*.log | wc -c').then(({ output }) => Number(output));
  const before = (await size()) ?? 0;
  await expect.poll(size, { timeout: 20_000, interval: 200 }).toBeGreaterThan(before);
});
