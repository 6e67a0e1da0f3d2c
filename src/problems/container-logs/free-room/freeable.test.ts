import { describe, expect, test } from 'vitest';
import type { FreeRoom, LargeLog } from './free-room.ts';
import { freeableLogs, type LogNeighbours } from './freeable.ts';

const id = 'c0ffee01'.padStart(64, '0');
const docker = `/var/lib/docker/containers/${id}/${id}-json.log`;
const now = 1_795_724_788;
const day = 86_400;

function log(path: string, change: Partial<LargeLog> = {}): LargeLog {
  return {
    path,
    isOpen: false,
    links: 1,
    device: '1',
    inode: path,
    modified: now - day,
    size: 5_000_000,
    allocated: 5_001_216,
    ...change,
  };
}

function classesOf(
  logs: readonly LargeLog[],
  room: Partial<FreeRoom> = {},
  neighbours: Partial<LogNeighbours> = {},
): readonly string[] {
  const seen = { now, disks: [], state: 'looked', pods: undefined, logs, more: 0, ...room } as const;
  const found = freeableLogs(seen, { pods: [], dockerRuns: true, ...neighbours });
  return logs.map(({ path }) => found.find((one) => one.path === path)?.log ?? 'left alone');
}

describe('of docker', () => {
  test.each([
    ['.1', 'rotated'],
    ['.2.gz', 'rotated'],
    ['-20261124', 'rotated'],
    ['-20261124-1732438800.gz', 'rotated'],
    ['-nodemend-20261126-2039-container-logs-d08d', 'rotated'],
    ['.bak', 'left alone'],
    ['.1.old', 'left alone'],
    ['', 'dead'],
  ])('a closed log called …-json.log%s: %s', (suffix, expected) =>
    expect(classesOf([log(docker + suffix)])).toEqual([expected]),
  );

  test('a log that somebody reads is not removed, one that somebody writes is live', () => {
    expect(classesOf([log(`${docker}.1`, { isOpen: true }), log(docker, { isOpen: true })])).toEqual([
      'left alone',
      'live',
    ]);
  });

  test('dead is only what was at rest for a while, and only while dockerd is there to have it open', () => {
    expect(classesOf([log(docker, { modified: now - 300 })])).toEqual(['live']);
    expect(classesOf([log(docker)], {}, { dockerRuns: false })).toEqual(['live']);
  });

  test('a second name would keep the blocks', () =>
    expect(classesOf([log(docker, { links: 2 }), log(`${docker}.1`, { links: 2 })])).toEqual([
      'left alone',
      'left alone',
    ]));
});

describe('of kubelet', () => {
  const gone = '/var/log/pods/shop_batch-x_5f1c2b6e-0000-4000-8000-000000000009/app';
  const here = '/var/log/pods/shop_api-0_5f1c2b6e-0000-4000-8000-000000000001/app';
  const pods = new Set(['5f1c2b6e-0000-4000-8000-000000000001']);
  const file = (folder: string, name: string): LogNeighbours['pods'][number] => ({
    folder: folder.slice('/var/log/pods/'.length),
    name,
    isLink: false,
    mode: 0o640,
    uid: 0,
    gid: 0,
    links: 1,
    size: 1,
    allocated: 4096,
  });
  const known = { pods: [file(here, '0.log'), file(gone, '0.log')] };

  test('a log of a pod that kubelet no longer knows is dead, of one that it knows it is not', () => {
    expect(classesOf([log(`${gone}/0.log`), log(`${here}/0.log`)], { pods }, known)).toEqual(['dead', 'live']);
  });

  test('when the folder of pods is another kubelet’s, nothing is known', () => {
    expect(classesOf([log(`${gone}/0.log`)], { pods: new Set(['somebody-elses']) }, known)).toEqual(['live']);
    expect(classesOf([log(`${gone}/0.log`)], {}, known)).toEqual(['live']);
  });

  test('a log of an earlier restart is dead, however small the newest one is', () => {
    expect(
      classesOf(
        [log(`${here}/0.log`), log(`${here}/3.log`, { isOpen: true })],
        { pods },
        { pods: [file(here, '0.log'), file(here, '3.log')] },
      ),
    ).toEqual(['dead', 'live']);
    expect(classesOf([log(`${here}/2.log`)], { pods }, { pods: [file(here, '2.log'), file(here, '3.log')] })).toEqual([
      'dead',
    ]);
    expect(
      classesOf(
        [log(`${here}/2.log`)],
        { pods },
        { pods: [file(here, '2.log'), file(here, '10.log.20261124-093100')] },
      ),
    ).toEqual(['dead']);
  });

  test('old logs are told by kubelet’s own names', () => {
    expect(
      classesOf(
        [
          log(`${here}/0.log.20261124-093100`),
          log(`${here}/0.log.20261124-093100.gz`),
          log(`${here}/0.log.tmp`),
          log(`${here}/app.log`),
        ],
        { pods },
        known,
      ),
    ).toEqual(['rotated', 'rotated', 'left alone', 'left alone']);
  });
});
