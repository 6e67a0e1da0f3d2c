import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../lab/node-root/run-program.ts';
import { createRegistryClient } from '../../src/registry/client/registry-client.ts';
import { onNode } from '../on-node.ts';
import { healNode, partitionNode } from '../partition.ts';
import type { TestbedStatus } from '../testbed-status.ts';
import { startTestTestbed, type TestTestbed } from '../testing/test-testbed.ts';
import { pullSecretSuite } from './pull-secret.ts';
import { Pulls } from './pulls.ts';
import { loopbackHost, pushImage } from './push-image.ts';
import { pushNewImage } from './push-new-image.ts';
import { authorityFile, scratchFolder } from './registry-folder.ts';
import { resumeRegistry, stopRegistry } from './registry-outage.ts';
import { remedyMirrorSuite } from './remedy-mirror.ts';

/**
 * Real kubelets and runtimes, and distribution's real registry: one outside with a password, and a mirror of it beside
 * the nodes.
 */
let testbed: TestTestbed;
let status: TestbedStatus;
let pulls: Pulls;
const [open, closed, docker] = ['containerd2-1', 'containerd-1', 'docker-1'];

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, containerd2: 1, docker: 1, closed: [closed] }, 'registry');
  status = await testbed.status();
  pulls = new Pulls(testbed, status);
  // Of the leases, and of the records of runs.
  for (const name of ['nodemend', 'nodemend-runs']) await testbed.kubectl('create', 'namespace', name);
  await pushNewImage(status, 'fresh:1');
  await testbed.kubectl(
    'create',
    'secret',
    'generic',
    'upstream',
    '--type=kubernetes.io/dockerconfigjson',
    `--from-file=.dockerconfigjson=${status.folder.registryCredentials}`,
  );
  // It takes containerd half a minute to give up; meanwhile other nodes are looked at.
  await pulls.pull({ pod: 'closed-upstream', node: closed, image: 'upstream.test/fresh:1', secret: true });
});
afterAll(() => testbed?.down());

/** Requests that a registry was asked, as its access log has them: `10.77.1.6 GET /v2/box/manifests/1 200`. */
function requests(registry: string): readonly string[] {
  const lines = readFileSync(join(status.folder.logs, `${registry}.log`), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, from, method, path, code] = /^(\S+) - \S+ \[.*?\] "(\S+) (\S+) \S+" (\d+)/.exec(line) ?? [];
    return from === undefined ? [] : [`${from} ${method} ${path} ${code}`];
  });
}

describe('the closed subnet', () => {
  test('a node in it reaches the API server, the bastion and the mirror; all else is lost without a word', async () => {
    const reached = [
      pulls.dial(closed, '10.96.0.1', 443),
      pulls.dial(closed, status.plan.bastion.networkAddress, 22),
      pulls.dial(closed, 'mirror.test', 443),
    ];
    const lost = [
      pulls.dial(closed, 'upstream.test', 443),
      pulls.dial(closed, pulls.addressOf(open), 22),
      pulls.dial(closed, '203.0.113.1', 443),
    ];
    expect(await Promise.all(reached)).toEqual([0, 0, 0]);
    expect(await Promise.all(lost)).toEqual([124, 124, 124]);
  });

  test('one in the open subnet reaches both registries, and not the closed nodes', async () => {
    expect(
      await Promise.all([
        pulls.dial(open, 'mirror.test', 443),
        pulls.dial(open, 'upstream.test', 443),
        pulls.dial(open, pulls.addressOf(closed), 22),
      ]),
    ).toEqual([0, 0, 124]);
  });

  test('users reach its nodes through the bastion', async () => {
    const { stdout, stderr } = await runProgram('ssh', [
      '-F',
      status.folder.sshConfig,
      '-o',
      'BatchMode=yes',
      pulls.addressOf(closed),
      'hostname',
    ]);
    expect(stdout, stderr).toBe(`${closed}\n`);
  });
});

describe('pulls', () => {
  test('with the credentials, from the registry outside', async () => {
    await Promise.all([
      pulls.pull({ pod: 'open', node: open, image: 'upstream.test/box:1', secret: true }),
      pulls.pull({ pod: 'docker', node: docker, image: 'upstream.test/box:1', secret: true }),
    ]);
    await Promise.all(['open', 'docker'].map((pod) => pulls.expectToRun(pod)));
  });

  test('without them, the runtimes’ own words', async () => {
    await Promise.all([
      pulls.pull({ pod: 'open-anonymous', node: open, image: 'upstream.test/box:1' }),
      pulls.pull({ pod: 'docker-anonymous', node: docker, image: 'upstream.test/box:1' }),
    ]);
    await pulls.expectToFail(
      'open-anonymous',
      /failed to resolve image: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials/,
    );
    await pulls.expectToFail(
      'docker-anonymous',
      /Error response from daemon: Head "https:\/\/upstream\.test\/v2\/box\/manifests\/1": no basic auth credentials/,
    );
  });

  pullSecretSuite(() => pulls, open);

  test('a closed node cannot pull from outside, credentials or not', async () => {
    await pulls.expectToFail(
      'closed-upstream',
      /failed to resolve reference "upstream\.test\/fresh:1": failed to do request: Head "https:\/\/upstream\.test\/v2\/fresh\/manifests\/1": dial tcp 198\.51\.100\.10:443: i\/o timeout/,
    );
  });

  test('it pulls through the mirror, which fetches from outside with the credentials that it has', async () => {
    expect(
      requests('upstream').filter((line) => line.startsWith(`${pulls.addressOf('mirror')} GET /v2/fresh/blobs/`)),
    ).toEqual([]);
    await pulls.pull({ pod: 'closed', node: closed, image: 'mirror.test/fresh:1' });
    await pulls.expectToRun('closed');
    expect(requests('mirror')).toContainEqual(
      expect.stringMatching(new RegExp(`^${pulls.addressOf(closed)} GET /v2/fresh/blobs/sha256:.* 200$`)),
    );
    expect(requests('upstream')).toContainEqual(
      expect.stringMatching(new RegExp(`^${pulls.addressOf('mirror')} GET /v2/fresh/blobs/sha256:.* 200$`)),
    );
    expect(requests('upstream').filter((line) => line.startsWith(pulls.addressOf(closed)))).toEqual([]);
  });

  test('while the registry outside is down the mirror serves what it has, and has nothing else', async () => {
    await stopRegistry(status, 'upstream');
    try {
      expect(await pulls.dial(open, 'upstream.test', 443)).toBe(1);
      await Promise.all([
        pulls.pull({ pod: 'cached', node: open, image: 'mirror.test/fresh:1' }),
        pulls.pull({ pod: 'docker-uncached', node: docker, image: 'mirror.test/other:1' }),
      ]);
      await pulls.expectToRun('cached');
      await pulls.expectToFail('docker-uncached', /manifest for mirror\.test\/other:1 not found: manifest unknown/);
    } finally {
      await resumeRegistry(status, 'upstream');
    }
    expect(await pulls.dial(open, 'upstream.test', 443)).toBe(0);
  });
});

/** The status of an answer, and its body, as the machine gets it on the loopback. */
function ask(registry: 'upstream' | 'mirror', path: string, authorization?: string): Promise<string> {
  const ca = readFileSync(authorityFile(status.folder));
  const headers = authorization === undefined ? {} : { authorization };
  return new Promise((resolve, reject) => {
    get(`https://${loopbackHost(status.plan, registry)}${path}`, { ca, headers }, (answer) => {
      answer.toArray().then((body) => resolve(`${answer.statusCode} ${body.join('')}`.trim()), reject);
    }).on('error', reject);
  });
}

const auths = (): Readonly<Record<string, { readonly auth: string }>> =>
  (
    JSON.parse(readFileSync(status.folder.registryCredentials, 'utf8')) as {
      readonly auths: Readonly<Record<string, { readonly auth: string }>>;
    }
  ).auths;

test('an image pushed from the machine is there for nodes', async () => {
  await pushNewImage(status, 'team/app:2.0');
  await pulls.pull({ pod: 'pushed', node: closed, image: 'mirror.test/team/app:2.0' });
  await pulls.expectToRun('pushed');
  const { auth } = auths()[loopbackHost(status.plan, 'upstream')] ?? { auth: '' };
  expect(await ask('upstream', '/v2/team/app/tags/list', `Basic ${auth}`)).toBe(
    '200 {"name":"team/app","tags":["2.0"]}',
  );
  expect(await ask('mirror', '/v2/')).toBe('200 {}');
  expect(await ask('upstream', '/v2/')).toMatch(/^401 /);
});

test('nodemend’s own client reads what is there, and with a login what is closed to others', async () => {
  const ca = readFileSync(authorityFile(status.folder), 'utf8');
  const upstream = loopbackHost(status.plan, 'upstream');
  const [user = '', password = ''] = Buffer.from(auths()[upstream]?.auth ?? '', 'base64')
    .toString()
    .split(':');
  const [anonymous, known] = [
    createRegistryClient({ environment: {}, ca }),
    createRegistryClient({ environment: {}, ca, loginOf: () => ({ user, password }) }),
  ];
  const image = (registry: 'upstream' | 'mirror', tag: string) => ({
    registry: loopbackHost(status.plan, registry),
    repository: 'box',
    tag,
    digest: null,
  });
  const { signal } = new AbortController();
  try {
    const found = await known.headManifest(image('upstream', '1'), signal);
    expect(found).toEqual({ state: 'found', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown });
    expect(
      await known.headManifest(
        { ...image('upstream', ''), tag: null, digest: found.state === 'found' ? (found.digest ?? '') : '' },
        signal,
      ),
    ).toEqual(found);
    expect(await known.headManifest(image('upstream', 'none'), signal)).toEqual({ state: 'absent' });
    expect(await known.findRepository({ ...image('upstream', '1'), repository: 'no/such' }, signal)).toEqual({
      state: 'absent',
    });
    expect(await anonymous.headManifest(image('upstream', '1'), signal)).toEqual({ state: 'denied', status: 401 });
    expect(await anonymous.headManifest(image('mirror', '1'), signal)).toEqual(found);
    expect(await anonymous.findRepository(image('mirror', '1'), signal)).toMatchObject({ state: 'found' });
    await expect(
      createRegistryClient({ environment: {} }).headManifest(image('upstream', '1'), signal),
    ).rejects.toMatchObject({ code: 'REGISTRY_UNTRUSTED' });
  } finally {
    await Promise.all([anonymous.close(), known.close()]);
  }
});

test('what cannot be pushed is told in skopeo’s words, and nothing is left of it', async () => {
  const left = (): readonly string[] =>
    ['/var/tmp', '/var/lib/containers'].flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))) : [],
    );
  const before = left();
  await expect(pushImage(status, { format: 'oci-archive', file: '/nowhere.tar' }, 'app:1')).rejects.toThrow(
    /^app:1 could not be pushed: .*nowhere\.tar/,
  );
  await pushNewImage(status, 'app:1');
  expect(left()).toEqual(before);
  expect(readdirSync(scratchFolder(status.folder))).toEqual([]);
});

test('a mirror starts only while the registry outside runs: it asks how to log in', async () => {
  for (const name of ['mirror', 'upstream']) await stopRegistry(status, name);
  await expect(resumeRegistry(status, 'mirror')).rejects.toThrow(/mirror ended by itself .*connection refused/s);
  for (const name of ['upstream', 'mirror']) await resumeRegistry(status, name);
  expect(await ask('mirror', '/v2/')).toBe('200 {}');
});

test('a closed node that was cut off is back where it was', async () => {
  await partitionNode(status, closed);
  expect((await onNode(status, closed, 'true')).exitCode).toBe(255);
  await healNode(status, closed);
  expect(await Promise.all([pulls.dial(closed, 'mirror.test', 443), pulls.dial(closed, 'upstream.test', 443)])).toEqual(
    [0, 124],
  );
});

test('the password is in files of root only, and on no command line', async () => {
  const [, password = ''] = Buffer.from(auths()['upstream.test']?.auth ?? '', 'base64')
    .toString()
    .split(':');
  expect(password).toMatch(/^[0-9a-f]{32}$/);
  const files = readdirSync(status.folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.startsWith(status.folder.registries))
    .map(({ parentPath, name }) => join(parentPath, name));
  const holding = [
    status.folder.registryCredentials,
    ...files.filter((file) => /config\.yml$|\.key$|htpasswd$/.test(file)),
  ];
  expect(holding.map((file) => (statSync(file).mode & 0o777).toString(8))).toEqual(holding.map(() => '600'));
  const commandLines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
  expect(commandLines.filter((line) => line.includes('serve\0')).length).toBeGreaterThan(0);
  expect(commandLines.filter((line) => line.includes(password))).toEqual([]);
});

test('a registry that is not there is named, with those that are', async () => {
  for (const change of [stopRegistry, resumeRegistry])
    await expect(change(status, 'hub')).rejects.toThrow(
      'There is no registry hub\n  next: name one of upstream, mirror, internal',
    );
});

describe('the remedy mirror', () => remedyMirrorSuite(() => pulls, { open, closed, docker }));
