import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivateRoot } from '../../../../test/private-root.ts';
import type { CheckVerdict } from '../../../actions/action.ts';
import { startProbe, textOf } from '../../../evidence/probe/testing/run-probe.ts';
import { containerLogs } from '../problem.ts';
import { fixtureRoot } from '../testing/fixture-root.ts';
import fixtureScript from '../testing/fixture.sh?raw';

let root: PrivateRoot;
beforeAll(async () => {
  root = await fixtureRoot();
});
afterAll(async () => {
  await root.close();
});

function check(name: 'daemon-accepts' | 'daemon-has-read', ...args: readonly string[]): CheckVerdict {
  const { script, judge } = containerLogs.checks[name]!;
  const [program = '', ...before] = root.enter;
  const { status, stdout, stderr } = spawnSync(program, [...before, '/bin/sh', '-c', script, 'sh', ...args], {
    encoding: 'utf8',
  });
  return judge({ exitCode: status ?? 1, stdout, stderr });
}

/** A program called dockerd that only sleeps, started with these words. */
const daemon = `
  mkdir -p /usr/local/fakes /etc/docker
  rm -f /usr/local/fakes/dockerd
  printf '#!/bin/sh\\nsleep 3600 & wait\\n' >/usr/local/fakes/dockerd
  chmod 0755 /usr/local/fakes/dockerd
  for pid in $(grep -lsx dockerd /proc/[0-9]*/comm | cut -d/ -f3); do kill -KILL "$pid"; done
  while grep -qsx dockerd /proc/[0-9]*/comm; do sleep 0.01; done
  /usr/local/fakes/dockerd "$@" </dev/null >/dev/null 2>&1 &
  while ! grep -qsx dockerd /proc/[0-9]*/comm; do sleep 0.01; done`;

/**
 * A stand-in for dockerd 23 and newer, which has --validate: it says what it was given, and no to a file with the word
 * wrong in it.
 */
const newer = `
  cat >/run/newer <<'PROGRAM'
#!/bin/sh
[ "$1" != --help ] || { echo '      --validate      Validate daemon configuration and exit'; exit 0; }
echo "$*" >/run/given
for file in "$@"; do :; done
if grep -q wrong "$file"; then echo "unable to configure the Docker daemon with file $file: log-opts: (from flag: map[token:planted-secret]" >&2; exit 1; fi
echo 'configuration OK' >&2
PROGRAM
  chmod 0755 /run/newer
  mount --bind /run/newer /usr/sbin/dockerd`;

test('a dockerd without --validate, as the machine has it: accepted, and said not to be validated', () => {
  root.run(fixtureScript, 'pass-rule-ok', containerLogs.faultScript);
  root.run(daemon, '-H', 'fd://');
  root.run('echo "{}" >/run/staged');
  const help = root.run('dockerd --help 2>&1 || true');

  expect(help).toContain('--config-file');
  expect(check('daemon-accepts', '/run/staged', '/etc/docker/daemon.json')).toEqual(
    help.includes('--validate')
      ? { ok: true, saw: expect.stringContaining('accepts') }
      : { ok: true, saw: expect.stringContaining('not validated by the daemon') },
  );
});

test('a dockerd with --validate is asked about the file alone', () => {
  root.run(newer);
  root.run(daemon, '-H', 'fd://', '--config-file', '/etc/docker/daemon.json', '--mtu=1450');

  expect(check('daemon-accepts', '/run/staged', '/etc/docker/daemon.json')).toMatchObject({
    ok: true,
    saw: expect.stringContaining('accepts'),
  });
  // Not one word of the one that runs is among them.
  expect(root.run('cat /run/given')).toBe('--validate --config-file /run/staged\n');
  root.run('echo wrong >/run/staged');
  const said = check('daemon-accepts', '/run/staged', '/etc/docker/daemon.json');
  expect(said).toMatchObject({ ok: false, saw: expect.stringContaining('unable to configure') });
  expect(JSON.stringify(said)).not.toContain('planted-secret');
  root.run('umount /usr/sbin/dockerd');
});

test('log options on the command line by now: the file would keep it from starting', () => {
  root.run(daemon, '--log-opt', 'max-size=5m');
  root.run(`printf '{"log-opts": {"max-size": "10m"}}' >/run/staged`);

  expect(check('daemon-accepts', '/run/staged', '/etc/docker/daemon.json')).toMatchObject({
    ok: false,
    saw: expect.stringContaining('a flag for log-opts'),
  });
});

test('whether dockerd was started behind the file’s last change', () => {
  root.run('echo "{}" >/etc/docker/daemon.json; sleep 1');
  root.run(daemon);
  expect(check('daemon-has-read', '/etc/docker/daemon.json')).toMatchObject({ ok: true });

  root.run('sleep 3; echo "{ }" >/etc/docker/daemon.json');
  expect(check('daemon-has-read', '/etc/docker/daemon.json')).toMatchObject({
    ok: false,
    saw: expect.stringContaining('changed'),
  });
  expect(check('daemon-has-read', '/etc/docker/nosuch.json')).toMatchObject({
    ok: false,
    saw: expect.stringContaining('could not be looked at'),
  });
  root.run('for pid in $(grep -lsx dockerd /proc/[0-9]*/comm | cut -d/ -f3); do kill -KILL "$pid"; done');
  expect(check('daemon-has-read', '/etc/docker/daemon.json')).toMatchObject({ ok: false, saw: 'dockerd does not run' });
});

test('the probe: of flags and file only what is harmless leaves the node, and a file without secrets to the byte', async () => {
  root.run(
    daemon,
    '--log-driver',
    'json-file',
    '--log-opt',
    'splunk-token=planted-secret',
    '--log-opt=max-size=5m',
    '--label=planted-secret',
    '--live-restore',
    '-H',
    'tcp://u:planted-secret@h',
  );
  const seen = async (content: string): Promise<string> => {
    root.run('printf %s "$1" >/etc/docker/daemon.json', content);
    return textOf(await startProbe(root.enter, ['dash'], containerLogs.facts, 30).done, 'docker/daemon');
  };
  const secrets =
    '{ "proxies": {"http-proxy": "http://u:planted-secret@p"}, "log-opts": {"token": "planted-secret", ' +
    '"max-file": "3"}, "labels": ["planted-secret"], planted-secret // planted-secret\n';
  const text = await seen(secrets);

  expect(text).not.toContain('planted-secret');
  expect(text).toContain('"max-file": "3"');
  expect(text.split('\n')).toEqual(
    expect.arrayContaining([
      'flag --log-opt',
      'flag --label',
      'flag -H',
      'option log-driver=json-file',
      'option max-size=5m',
      'option live-restore=true',
    ]),
  );
  const plain =
    '{\r\n\t"exec-opts" : ["native.cgroupdriver=systemd"],\n' +
    '  "storage-opts":["overlay2.override_kernel_check=true"], "mtu":1450,"log-opts":{}\n}\n\n';
  expect((await seen(plain)).split('\n\n').slice(1).join('\n\n')).toBe(plain);
  // What names a label, a variable or a server is not a secret, nor is a proxy without a password.
  const harmless =
    '{"log-driver": "syslog", "log-opts": {"labels": "app", "env": "os,customer", "syslog-address": "udp://10.0.0.9:514"},\n' +
    '"proxies": {"https-proxy": "http://proxy:3128", "no-proxy": ".local"}, "node-generic-resources": ["GPU=1"]}\n';
  expect((await seen(harmless)).split('\n\n').slice(1).join('\n\n')).toBe(harmless);
  expect(await seen('{"log-opts": {"splunk-token": "planted-secret", "max-files": "planted-secret"}}')).toContain(
    '{"splunk-token": "***", "max-files": "***"}',
  );
});
