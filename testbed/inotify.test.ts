import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkInotify, inotifyInstances } from './inotify.ts';

test('as many nodes as there are instances for, and not one more', () => {
  expect(() => checkInotify({ containerd: 2, docker: 1 }, { limit: 128, used: 88 })).not.toThrow();
  expect(() => checkInotify({ containerd: 2, docker: 1 }, { limit: 128, used: 89 })).toThrow(
    "A testbed with 3 nodes needs 40 inotify instances, and 39 of root's 128 are free\n" +
      '  next: sysctl fs.inotify.max_user_instances=1024 on the machine, end another testbed, or start fewer ' +
      'nodes',
  );
  expect(() => checkInotify({ containerd: 40, docker: 0 }, { limit: 512, used: 600 })).toThrow(
    / 0 of root's 512 are free\n.*=2168 /,
  );
});

test('what the processes of a user have open is counted', () => {
  const proc = mkdtempSync(join(tmpdir(), 'nodemend-proc-'));
  try {
    mkdirSync(join(proc, 'sys/fs/inotify'), { recursive: true });
    writeFileSync(join(proc, 'sys/fs/inotify/max_user_instances'), '128\n');
    const files = {
      1: ['/dev/null', 'anon_inode:inotify', 'anon_inode:[eventpoll]'],
      70: ['anon_inode:inotify', 'anon_inode:inotify'],
      self: ['anon_inode:inotify'],
    };
    for (const [pid, targets] of Object.entries(files)) {
      mkdirSync(join(proc, pid, 'fd'), { recursive: true });
      targets.forEach((target, index) => symlinkSync(target, join(proc, pid, 'fd', String(index))));
    }
    mkdirSync(join(proc, '80'));
    const uid = process.getuid?.() ?? -1;
    expect(inotifyInstances({ proc, uid })).toEqual({ limit: 128, used: 3 });
    expect(inotifyInstances({ proc, uid: uid + 1 })).toEqual({ limit: 128, used: 0 });
  } finally {
    rmSync(proc, { recursive: true });
  }
});
