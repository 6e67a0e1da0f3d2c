import { watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { checkInotify, inotifyInstances, inotifyOf } from './inotify.ts';

test('as many nodes as there are instances for, and not one more', () => {
  expect(() => checkInotify({ containerd: 2, docker: 1 }, { limit: 128, used: 88 })).not.toThrow();
  expect(() => checkInotify({ containerd: 2, docker: 1 }, { limit: 128, used: 89 })).toThrow(
    "A testbed with 3 nodes needs 40 inotify instances, and 39 of root's 128 are free\n  next: sysctl fs.inotify.max_user_instances=1024 on the machine, end another testbed, or start fewer nodes",
  );
  expect(() => checkInotify({ containerd: 40, docker: 0 }, { limit: 512, used: 600 })).toThrow(/ 0 of root's 512 are free\n.*=2168 /);
});

test('what a process has open is counted', () => {
  const before = inotifyOf('self');
  const watcher = watch(tmpdir());
  try {
    expect(inotifyOf('self')).toBe(before + 1);
    const { limit, used } = inotifyInstances();
    expect(limit).toBeGreaterThan(0);
    if (process.getuid?.() === 0) expect(used).toBeGreaterThan(0);
  } finally {
    watcher.close();
  }
  expect(inotifyOf('no such process')).toBe(0);
});
