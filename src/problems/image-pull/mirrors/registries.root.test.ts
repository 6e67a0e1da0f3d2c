import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../../test/private-root.ts';
import { observeSection } from '../../../evidence/probe/observed-section.ts';
import { shells, startProbe } from '../../../evidence/probe/testing/run-probe.ts';
import type { NodeEvidence } from '../../../evidence/evidence.ts';
import { diagnose } from '../diagnose.ts';
import { imagePull } from '../problem.ts';
import { mirrorEvidence } from '../testing/mirror-fixtures.ts';
import { containerdRegistries, type ContainerdFacts } from '../../../runtimes/containerd/registries.ts';
import { readFact } from '../../kit/read-fact.ts';

/** The probe and the faults on real files; what runs under the name of containerd only sleeps. */
let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
});
afterAll(async () => {
  await root.close();
});

const start = `
  for pid in $(grep -lsx containerd /proc/[0-9]*/comm | cut -d/ -f3); do kill -KILL "$pid"; done
  while grep -qsx containerd /proc/[0-9]*/comm; do sleep 0.01; done
  mkdir -p /usr/local/fakes && printf '#!/bin/sh\\nsleep 3600 & wait\\n' >/usr/local/fakes/containerd && chmod 0755 /usr/local/fakes/containerd
  /usr/local/fakes/containerd "$@" </dev/null >/dev/null 2>&1 &
  while ! grep -qsx containerd /proc/[0-9]*/comm; do sleep 0.01; done`;

beforeEach(() => {
  root.run('rm -rf /etc/containerd /srv/c; mkdir -p /etc/containerd');
});

async function sections(shell: readonly string[] = ['dash']): Promise<NodeEvidence['sections']> {
  const { reply } = await startProbe(root.enter, shell, imagePull.facts, 30).done;
  return Object.fromEntries([...reply.sections].map(([key, frame]) => [key, observeSection('worker-1', frame)]));
}

async function facts(shell?: readonly string[]): Promise<ContainerdFacts> {
  const seen = readFact({ ...mirrorEvidence({}).nodes[0]!, sections: await sections(shell) }, containerdRegistries);
  if (seen.state !== 'seen' || seen.value === 'no-containerd') throw new Error(JSON.stringify(seen));
  return seen.value;
}

const secret = 'planted-secret';
const files = `
  mkdir -p /srv/c/conf.d /srv/c/certs/docker.io /srv/c/certs/registry.example_5000_ /srv/c/certs/empty
  cat >/srv/c/config.toml <<'TOML'
version = 2 # ${secret}
imports = ["/srv/c/conf.d/*.toml"]
oom_score = -999
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    stream_server_address = "${secret}"
    sandbox_image = "a.test/pause:1"
    [plugins."io.containerd.grpc.v1.cri".registry.headers]
      X-Token = ["${secret}"]
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/srv/c/certs"
      # password = "${secret}"
      [plugins."io.containerd.grpc.v1.cri".registry.configs."a".auth]
        username = '${secret}'
        password = """
${secret}
config_path = "/${secret}"
"""
        auth = [
          "${secret}", # ]
        ]
        identitytoken = "${secret}" # x
[proxy_plugins]
TOML
  printf '[plugins."x".registry]\\nconfig_path="/srv/c/other"\\n' >/srv/c/conf.d/a.toml
  printf 'server = "https://user:${secret}@registry-1.docker.io"\\n[host."https://m.example"]\\n  capabilities = ["pull",\\n    "resolve"] # ${secret}\\n  ca = ["ca.crt", "/srv/c/config.toml"]\\n  header = { authorization = "${secret}" }\\n  [host."https://m.example".header]\\n    authorization = ["Basic ${secret}"]\\n' >/srv/c/certs/docker.io/hosts.toml
  printf 'server = "https://r.example:5000"' >/srv/c/certs/registry.example_5000_/hosts.toml`;

describe.each(shells.map((shell) => ({ shell })))('the probe under $shell', ({ shell }) => {
  test('says what is set, and nothing that may be a secret', async () => {
    root.run(files);
    root.run(start, '--config', '/srv/c/config.toml');
    const seen = await facts(shell);

    expect(JSON.stringify(await sections(shell))).not.toContain(secret);
    expect(seen).toMatchObject({
      config: '/srv/c/config.toml',
      closed: undefined,
      isChangedSinceStart: false,
      hosts: ['/srv/c/certs/docker.io', '/srv/c/certs/empty', '/srv/c/certs/registry.example_5000_'],
      missing: ['/srv/c/certs/docker.io/ca.crt'],
    });
    expect(seen.files.map(({ path }) => path)).toEqual(['/srv/c/config.toml', '/srv/c/conf.d/a.toml']);
    expect(seen.hostsFiles.map(({ path }) => path)).toEqual([
      '/srv/c/certs/docker.io/hosts.toml',
      '/srv/c/certs/registry.example_5000_/hosts.toml',
    ]);
    expect(seen.hostsFiles[1]?.text).toBe('server = "https://r.example:5000"\n');
    expect(seen.files[0]?.text.split('\n').filter((line) => line.includes('config_path'))).toEqual([
      'config_path = "/srv/c/certs"',
    ]);
  });
});

test('a containerd that was started before its file was written is known, and one without a file', async () => {
  root.run(start);
  expect(await facts()).toMatchObject({
    config: '/etc/containerd/config.toml',
    files: [],
    isChangedSinceStart: false,
    roots: [],
  });
  // As a backup is put back by cp -p, rsync -a or tar: with the time that it had.
  root.run(
    'echo "version = 2" >/srv/old; touch -d "1 year ago" /srv/old; sleep 3; cp -p /srv/old /etc/containerd/config.toml',
  );
  expect(await facts()).toMatchObject({ isChangedSinceStart: true });
});

test('an import that is gone since containerd was started is a change; one that is named and not there is not passed over', async () => {
  root.run(
    'mkdir -p /srv/c/conf.d; echo "version = 2" >/srv/c/conf.d/a.toml; ' +
      'printf \'version = 2\\nimports = ["conf.d/*.toml"]\\n\' >/srv/c/config.toml; sleep 2',
  );
  root.run(start, '--config', '/srv/c/config.toml');
  expect(await facts()).toMatchObject({ isChangedSinceStart: false, closed: undefined });
  // Whatever time is written on the folder.
  root.run('sleep 3; rm /srv/c/conf.d/a.toml; touch -d "1 hour ago" /srv/c/conf.d');
  expect(await facts()).toMatchObject({ isChangedSinceStart: true });

  root.run('printf \'version = 2\\nimports = ["conf.d/b.toml"]\\n\' >/srv/c/config.toml');
  expect((await facts()).closed).toBe('/srv/c/conf.d/b.toml');
});

test('a file that is gone since containerd was started is a change, and one that was never there is none', async () => {
  root.run('echo "version = 2" >/etc/containerd/config.toml; sleep 2');
  root.run(start);
  expect(await facts()).toMatchObject({ isChangedSinceStart: false, closed: undefined });
  root.run('sleep 3; rm /etc/containerd/config.toml; touch -d "1 hour ago" /etc/containerd');
  for (const shell of shells)
    expect(await facts(shell)).toMatchObject({ files: [], isChangedSinceStart: true, closed: undefined });
  root.run(`sleep 2; ${start}`);
  expect(await facts()).toMatchObject({ files: [], isChangedSinceStart: false, closed: undefined });

  // Without the one that it was told it would not have started.
  root.run('mkdir -p /srv/c; echo "version = 2" >/srv/c/config.toml');
  root.run(start, '-c', '/srv/c/config.toml');
  expect((await facts()).closed).toBeUndefined();
  root.run('rm -r /srv/c');
  expect((await facts()).closed).toBe('/srv/c/config.toml');
});

test('a link that was led to another file is a change, however old that one is', async () => {
  root.run(
    'mkdir -p /srv/c; cd /srv/c; echo "version = 2" >a.toml; cp a.toml b.toml; ln -s a.toml config.toml; sleep 2',
  );
  root.run(start, '--config', '/srv/c/config.toml');
  expect(await facts()).toMatchObject({ isChangedSinceStart: false });
  root.run('sleep 3; ln -sf b.toml /srv/c/config.toml');
  expect(await facts()).toMatchObject({ isChangedSinceStart: true });
});

test.each([
  { moved: '/srv/c', entry: '/srv/c/etc/other' },
  { moved: '/srv/c/conf.d/more', entry: '/srv/c/conf.d/other' },
])(
  '$moved renamed, another one in its place: a change, however old its files are; what comes and goes in it is none',
  async (folders) => {
    const { moved, entry } = folders;
    root.run(
      `mkdir -p /srv/c/etc /srv/c/conf.d/more; echo "version = 2" >/srv/c/conf.d/more/a.toml
    printf 'version = 2\\nimports = ["/srv/c/conf.d/more/a.toml"]\\n' >/srv/c/etc/config.toml; cp -r "$1" /srv/prepared`,
      moved,
    );
    root.run(start, '--config', '/srv/c/etc/config.toml');
    root.run('sleep 3; touch "$1"; touch "$2.toml"', entry, moved);
    expect(await facts()).toMatchObject({ isChangedSinceStart: false, closed: undefined });
    root.run('rm "$1.toml"; mv "$1" /srv/moved; mv /srv/prepared "$1"; rm -r /srv/moved', moved);
    for (const shell of shells)
      expect(await facts(shell)).toMatchObject({ isChangedSinceStart: true, closed: undefined });
  },
);

test('a file that is too large, a link that leads nowhere, and a line that is none of TOML', async () => {
  root.run('head -c 70000 /dev/zero | tr "\\\\0" "#" >/etc/containerd/config.toml');
  root.run(start);
  expect((await facts()).closed).toBe('/etc/containerd/config.toml');
  root.run('ln -sf /nosuch /etc/containerd/config.toml');
  expect((await facts()).closed).toBe('/etc/containerd/config.toml');
  root.run(
    'rm /etc/containerd/config.toml; mkdir -p /etc/containerd/certs.d/a; printf "server = ' +
      '\\"https://a\\"\\n<<<\\n" >/etc/containerd/certs.d/a/hosts.toml',
  );
  expect((await facts()).hostsFiles).toEqual([
    { path: '/etc/containerd/certs.d/a/hosts.toml', text: 'server = "https://a"\n?\n' },
  ]);
});

describe.each(imagePull.meta.faults)('the fault %s', (fault) => {
  test.each([['dash'], ['bash'], ['busybox', 'sh']])(
    'is found once it is injected, under %s, twice like once',
    async (...shell) => {
      root.run(start);
      // Not of the fault: a node that has always looked there.
      if (fault !== 'hosts-ignored')
        root.run(
          'printf \'version = 2\\n[plugins."io.containerd.grpc.v1.cri".registry]\\n  config_path = ' +
            '"/etc/containerd/certs.d"\\n\' >/etc/containerd/config.toml',
        );
      expect([inject(fault, shell).status, inject(fault, shell).status]).toEqual([0, 0]);
      root.run(start);

      const rules = diagnose(mirrorEvidence({}, await sections()))
        .filter(({ status }) => status !== 'pass')
        .map(({ rule }) => rule);
      expect(rules.filter((rule) => rule !== 'containerd-config-pending')).toEqual([fault]);
    },
  );
});

test('a fault that it does not know, and a node without containerd', () => {
  root.run(
    'for pid in $(grep -lsx containerd /proc/[0-9]*/comm | cut -d/ -f3); do kill -KILL "$pid"; done; while ' +
      'grep -qsx containerd /proc/[0-9]*/comm; do sleep 0.01; done',
  );
  expect(inject('resolve-missing')).toMatchObject({ status: 69, stdout: '' });
  root.run(start);
  expect(inject('nosuch')).toMatchObject({ status: 2, stderr: 'no fault is called nosuch\n' });
});

function inject(
  fault: string,
  shell: readonly string[] = ['/bin/sh'],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const [program = '', ...before] = root.enter;
  return spawnSync(program, [...before, ...shell, '-c', imagePull.faultScript, 'sh', fault], { encoding: 'utf8' });
}
