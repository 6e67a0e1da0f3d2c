import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../../../test/free-port.ts';
import { restoreWish, type RestoreWords } from '../../../app/images/plan-restore.ts';
import { runInProcess, type CommandEnd } from '../../testing/run-in-process.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const nothing: RestoreWords = {
  images: [],
  from: [],
  acceptDigest: [],
  forVersion: undefined,
  fromArchive: undefined,
};

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-restore-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // Nobody listens there.
  writeFileSync(join(folder, 'hosts'), `worker-1 127.0.0.1 port=${await freePort()} user=nobody\n`);
});

function restore(...words: readonly string[]): Promise<CommandEnd> {
  const environment = { HOME: folder, XDG_STATE_HOME: join(folder, 'state'), KUBECONFIG: join(folder, 'nowhere') };
  return runInProcess(['images', 'restore', ...words], { environment, workingFolder: folder });
}

test.each<[readonly string[], string, object]>([
  [['Not/An/Image'], 'USAGE', { context: 'imageName', value: 'Not/An/Image' }],
  [['--from', 'internet'], 'USAGE', { context: 'imageSource', value: 'internet' }],
  [
    ['--from', 'pause=mirror.example/pause'],
    'IMAGE_SOURCE_INVALID',
    { context: 'registry', place: '--from pause=mirror.example/pause' },
  ],
  [['--from', 'quay.io='], 'IMAGE_SOURCE_INVALID', { place: '--from quay.io=', key: 'to', value: '""' }],
  [
    ['--from', 'quay.io=mirror.example', '--from', 'ghcr.io=mirror.example'],
    'IMAGE_SOURCE_INVALID',
    { context: 'collision', value: 'mirror.example' },
  ],
  [['--from', 'archive'], 'USAGE', { context: 'imageArchive', value: 'archive' }],
  [['--from-archive', 'nowhere.tar'], 'IMAGE_FILE_UNREADABLE', { fault: 'ENOENT' }],
  [['--accept-digest', 'sha256:abc'], 'USAGE', { context: 'digest', value: 'sha256:abc' }],
  [['--for-version', '1.34'], 'USAGE', { context: 'versionImages', value: '1.34', first: '1.23', last: '1.34' }],
])('%j is refused before anything is asked', async (words, code, params) => {
  expect(await restore('--hosts', 'hosts', ...words)).toMatchObject({ error: { code, exitCode: 2, params } });
});

test('what is typed, written out', () => {
  expect(restoreWish(nothing)).toEqual({
    accepted: new Set(),
    names: [],
    keptAt: [],
    upgradeTo: undefined,
  });
  expect(
    restoreWish({
      images: ['busybox', `registry.k8s.io/pause:3.6@${digest}`],
      from: ['node', 'registry.k8s.io=mirror.example/k8s/'],
      acceptDigest: [digest],
      forVersion: 'v1.34.3',
      fromArchive: 'base.tar',
    }),
  ).toEqual({
    accepted: new Set([digest]),
    upgradeTo: '1.34.3',
    names: ['docker.io/library/busybox:latest', `registry.k8s.io/pause@${digest}`],
    keptAt: [{ from: 'registry.k8s.io', to: 'mirror.example/k8s' }],
    images: new Set(['docker.io/library/busybox:latest', `registry.k8s.io/pause@${digest}`]),
    from: new Set(['node', 'configuration', 'archive']),
  });
});

test('a node that cannot be reached is said to be unknown: nobody is asked to approve anything', async () => {
  const end = await restore('--hosts', 'hosts', 'registry.k8s.io/pause:3.9');

  expect(end).toMatchObject({ error: undefined, code: 8 });
  expect(end.data).toContain('1 node could not be checked and is not part of the plan: worker-1');
});
