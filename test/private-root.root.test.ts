import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from './private-root.ts';

/** Names, modes, owners and contents of all of /etc. */
function fingerprintOfEtc(): string {
  const script =
    'cd /etc && { find . -printf "%p %m %U %G %l\\n" | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum';
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' });
}

describe('a private root', () => {
  const before = fingerprintOfEtc();
  let root: PrivateRoot;
  beforeAll(async () => {
    root = await createPrivateRoot();
  });
  afterAll(async () => {
    await root.close();
  });

  it('keeps users, sudoers and programs to itself', () => {
    root.run(
      'useradd --create-home guest; echo "guest ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/guest; rm /usr/bin/ssh',
    );

    expect(root.run('id -un guest; sudo -n -u guest id -un')).toBe('guest\nguest\n');
    expect(readFileSync('/etc/passwd', 'utf8')).not.toContain('guest');
    expect(existsSync('/usr/bin/ssh')).toBe(true);
    expect(fingerprintOfEtc()).toBe(before);
  });

  it('cannot turn a kernel setting of the machine', () => {
    expect(() => root.run('echo 1 >/proc/sys/vm/swappiness')).toThrow(/Read-only file system/);
  });

  it('shares one folder', () => {
    writeFileSync(join(root.shared, 'from-outside'), 'hello');

    expect(root.run('cat "$1"/from-outside; echo back >"$1"/from-inside', root.shared)).toBe('hello');
    expect(readFileSync(join(root.shared, 'from-inside'), 'utf8')).toBe('back\n');
  });

  it('has nothing of the runtimes that the machine has, and a node’s own can be made there', async () => {
    // One layer of an overlay must not lie in another: it is in memory.
    const machine = mkdtempSync('/dev/shm/nodemend-machine-');
    onTestFinished(() => rmSync(machine, { recursive: true }));
    const folders = ['var/lib/containerd', 'var/lib/docker', 'var/lib/kubelet', 'var/log/pods', 'run/containerd'];
    for (const folder of folders) mkdirSync(join(machine, folder, 'of-the-machine'), { recursive: true });
    writeFileSync(join(machine, 'var/lib/seen'), '');
    const other = await createPrivateRoot(machine);
    const there = 'for path; do if [ -e "/$path" ]; then echo "$path"; fi; done';

    try {
      expect(other.run(there, 'var/lib/seen', 'var/lib/dpkg', ...folders)).toBe('var/lib/seen\nvar/lib/dpkg\n');
      expect(other.run('cd / && mkdir "$@" && ls -A "$@"', ...folders)).not.toContain('of-the-machine');
    } finally {
      await other.close();
    }
  });

  it('ends with all that runs in it, and leaves nothing', async () => {
    const other = await createPrivateRoot();
    other.run('sleep 98765 >/dev/null 2>&1 &');
    const isRunning = (): boolean => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).includes('sleep 98765');
    expect(isRunning()).toBe(true);

    await other.close();

    expect(isRunning()).toBe(false);
    expect(existsSync(other.shared)).toBe(false);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(other.shared);
  });
});
