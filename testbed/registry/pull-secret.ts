import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { runInProcess } from '../../src/cli/testing/run-in-process.ts';
import { serveForwardProxy } from '../fakes/forward-proxy.ts';
import type { TestbedStatus } from '../testbed-status.ts';
import { patience, type Pulls } from './pulls.ts';
import { loopbackHost } from './push-image.ts';
import { authorityFile } from './registry-folder.ts';

interface NodemendHere {
  readonly nodemend: (...words: readonly string[]) => ReturnType<typeof runInProcess>;
  /** Their ids. */
  readonly runs: () => readonly string[];
}

/**
 * The command line on this machine, which reaches the registry outside by a proxy, and has its login from a Docker
 * credential helper.
 */
async function nodemendHere({ folder, plan }: TestbedStatus): Promise<NodemendHere> {
  const home = await mkdtemp(join(tmpdir(), 'nodemend-home-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const { auths } = JSON.parse(readFileSync(folder.registryCredentials, 'utf8')) as {
    readonly auths: Readonly<Record<string, { readonly auth: string }>>;
  };
  const [Username, Secret] = Buffer.from(auths['upstream.test']?.auth ?? '', 'base64')
    .toString()
    .split(':');
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'login.json'), JSON.stringify({ ServerURL: 'upstream.test', Username, Secret }), {
    mode: 0o600,
  });
  writeFileSync(join(home, 'bin', 'docker-credential-testbed'), `#!/bin/sh\ncat '${home}/login.json'\n`, {
    mode: 0o755,
  });
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, readFileSync(authorityFile(folder), 'utf8')]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  const proxy = await serveForwardProxy((target) =>
    target === 'upstream.test:443' ? loopbackHost(plan, 'upstream') : undefined,
  );
  const environment = {
    KUBECONFIG: folder.kubeconfig,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
    HTTPS_PROXY: proxy,
    NO_PROXY: '127.0.0.0/8',
  };
  const files = (): readonly string[] => readdirSync(join(home, 'state', 'nodemend', 'runs'));
  return {
    nodemend: (...words) => runInProcess(words, { environment, workingFolder: home }),
    runs: () =>
      files()
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => name.slice(0, -'.jsonl'.length)),
  };
}

/** What `nodemend pull-secret` does for pods on this node, which pull from the registry outside. */
export function pullSecretSuite(given: () => Pulls, node: string): void {
  /** A pod in the namespace team that names no secret itself, until it runs to its end or kubelet waits for its image. */
  async function teamPod(name: string, until: 'runs' | 'waiting'): Promise<void> {
    const overrides = JSON.stringify({ spec: { nodeName: node } });
    await given().testbed.kubectl(
      '-n',
      'team',
      'run',
      name,
      '--image=upstream.test/box:1',
      '--image-pull-policy=Always',
      '--restart=Never',
      `--overrides=${overrides}`,
      '--',
      'echo',
      'it runs',
    );
    const state = (): Promise<string> =>
      given().testbed.kubectl(
        '-n',
        'team',
        'get',
        'pod',
        name,
        '-o',
        'jsonpath={.status.phase} {.status.containerStatuses[0].state.waiting.reason}',
      );
    await expect.poll(state, patience).toMatch(until === 'runs' ? /^Succeeded/ : /ErrImagePull|ImagePullBackOff/);
  }

  function teamMessage(name: string): Promise<string> {
    return given().testbed.kubectl(
      '-n',
      'team',
      'get',
      'pod',
      name,
      '-o',
      'jsonpath={.status.containerStatuses[0].state.waiting.message}',
    );
  }

  test(
    'a namespace whose pods cannot pull gets a login by nodemend pull-secret; its undo takes it away',
    { timeout: 240_000 },
    async () => {
      await given().testbed.kubectl('create', 'namespace', 'team');
      await given().testbed.kubectl('-n', 'team', 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s');
      const fails = /no basic auth credentials|401 Unauthorized/;
      await teamPod('before', 'waiting');
      expect(await teamMessage('before')).toMatch(fails);

      const { nodemend, runs } = await nodemendHere(given().status);
      const made = await nodemend(
        'pull-secret',
        '--registry',
        'upstream.test',
        '--name',
        'regcred',
        '--namespace',
        'team',
        '--service-account',
        'default',
        '--credential-helper',
        'testbed',
        '--yes',
      );
      expect([made.error, made.code], made.notes).toEqual([undefined, 0]);
      // It was made before, and is told of.
      expect(made.notes).toContain('team/Pod/before (1 pod)');
      await teamPod('after', 'runs');

      const [run = ''] = runs();
      expect((await nodemend('undo', run, '--yes')).code).toBe(0);
      await teamPod('again', 'waiting');
      expect(await teamMessage('again')).toMatch(fails);
    },
  );
}
