import { expect, test } from 'vitest';
import { isChangedSinceStart } from './daemon-fault.ts';
import type { DockerDaemon } from './docker-daemon.ts';

function daemon(startedAt: number | undefined, changedAt: number): DockerDaemon {
  const file = {
    state: 'read',
    path: '/etc/docker/daemon.json',
    isLink: false,
    mode: 0o644,
    uid: 0,
    gid: 0,
    changedAt,
    content: '{}',
    isExact: true,
  } as const;
  return { isRunning: true, flags: new Set(), options: new Map(), startedAt, file };
}

test.each([
  ['long before', 1000, 10, false],
  ['in the same second', 1000, 1000, false],
  ['within what whole seconds can tell', 1000, 1001, false],
  ['afterwards', 1000, 1002, true],
  ['while it does not run', undefined, 1002, false],
] as const)('a file that was changed %s', (_when, startedAt, changedAt, changed) => {
  expect(isChangedSinceStart(daemon(startedAt, changedAt))).toBe(changed);
});

test('what is not there was not changed', () => {
  expect(
    isChangedSinceStart({
      ...daemon(1000, 2000),
      file: { state: 'missing', path: '/etc/docker/daemon.json', hasFolder: true },
    }),
  ).toBe(false);
});
