import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../test/private-root.ts';
import { conflictOf, readDaemonConfig } from './daemon-config.ts';
import { fixtureRoot } from '../../problems/container-logs/testing/fixture-root.ts';
import { newDaemonFile, withLogOpts } from './with-log-opts.ts';

/**
 * The real dockerd says what it makes of a configuration file: started by somebody who is not root, it reads the file
 * and then ends, and changes nothing. Of log options it says nothing yet (dockerd-log-options.root.test.ts).
 */
let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(async () => {
  await root.close();
});

function dockerdSays(content: string, flags: readonly string[]): 'accepted' | 'refused' {
  root.run('printf %s "$1" >/run/daemon.json; chmod 0644 /run/daemon.json', content);
  const [program = '', ...before] = root.enter;
  const { stderr } = spawnSync(
    program,
    [
      ...before,
      'setpriv',
      '--reuid',
      '65534',
      '--clear-groups',
      'dockerd',
      ...flags,
      '--config-file',
      '/run/daemon.json',
    ],
    { encoding: 'utf8', timeout: 20_000 },
  );
  if (stderr.includes('unable to configure the Docker daemon with file')) return 'refused';
  if (stderr.includes('needs to be started with root')) return 'accepted';
  throw new Error(`neither yes nor no: ${stderr}`);
}

function nodemendSays(content: string, flags: readonly string[]): 'accepted' | 'refused' {
  const config = readDaemonConfig(content);
  if (config.state === 'broken' && config.why === 'text-behind') return isNewer() ? 'refused' : 'accepted';
  const isBroken =
    config.state === 'broken' ||
    conflictOf(content, { flags: new Set(flags.filter((flag) => flag.startsWith('-'))), options: new Map() }) !==
      undefined;
  return isBroken ? 'refused' : 'accepted';
}

/** 23.0 brought --validate, and takes exception to what stands behind the object. */
function isNewer(): boolean {
  return root.run('dockerd --help 2>&1').includes('--validate');
}

const ofNodes =
  '{\n  "iptables": false,\n  "exec-opts": ["native.cgroupdriver=systemd"],\n  "log-opts": {"labels": "app"},\n  "live-restore": true\n}\n';

test.each<readonly [string, 'accepted' | 'refused', ...(readonly string[])]>([
  ['{}', 'accepted'],
  ['', 'refused'],
  ['[]', 'refused'],
  ['{"debug": true,}', 'refused'],
  ['{ // why\n"debug": true}', 'refused'],
  ['\uFEFF{}', 'refused'],
  ['{"log-opts": {"max-size": "10m", "max-file": "3"}}', 'accepted'],
  ['{"log-opts": {"max-size": "10m", "max-file": 3}}', 'refused'],
  ['{"log-opts": ["max-size=10m"]}', 'refused'],
  ['{"log-opts": null}', 'accepted'],
  ['{"log-driver": 1}', 'refused'],
  ['{"log-opt": {"max-size": "10m"}}', 'refused'],
  ['{"hosts": ["unix:///run/x.sock"]}', 'refused', '-H', 'unix:///run/y.sock'],
  ['{"log-opts": {"max-size": "10m"}}', 'refused', '--log-opt', 'max-file=3'],
  ['{"log-opts": {"max-size": "10m"}}', 'accepted', '--log-driver', 'json-file'],
  ['{"data-root": "/data"}', 'refused', '--data-root', '/other'],
  ['{"runtimes": {"a": {"path": "/bin/a"}}}', 'accepted', '--add-runtime', 'b=/bin/b'],
  ['{"registry-mirrors": ["https://mirror.example:5000"]}', 'accepted'],
  ['{"registry-mirrors": null}', 'accepted'],
  ['{"registry-mirrors": [1]}', 'refused'],
  ['{"registry-mirrors": "https://mirror.example"}', 'refused'],
  ['{"registry-mirrors": ["https://mirror.example"]}', 'refused', '--registry-mirror', 'https://other.example'],
  [newDaemonFile, 'accepted'],
  [withLogOpts(ofNodes), 'accepted'],
])('%j: %s', (content, expected, ...flags) => {
  expect([dockerdSays(content, flags), nodemendSays(content, flags)]).toEqual([expected, expected]);
});

test('text behind the object is passed over by old releases alone', () => {
  const content = '{"debug": true} // why';

  expect(dockerdSays(content, [])).toBe(nodemendSays(content, []));
});
