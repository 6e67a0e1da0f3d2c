import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { runProgram } from '../../lab/node-root/run-program.ts';
import { operatorOf, type Operator } from '../../test/end-to-end/operator.ts';
import { walkthrough } from '../../test/end-to-end/walkthrough.ts';
import { runInProcess } from '../../src/cli/testing/run-in-process.ts';
import { createRegistryClient } from '../../src/registry/client/registry-client.ts';
import { busyboxLayer } from '../fakes/busybox-layer.ts';
import { serveHubMirror, type HubMirror } from '../fakes/docker-hub/hub-mirror.ts';
import { makeImage } from '../fakes/docker-hub/images.ts';
import { serveHubInTestbed, type TestbedHub } from '../fakes/docker-hub/testbed-hub.ts';
import { serveForwardProxy } from '../fakes/forward-proxy.ts';
import { writeImageArchive } from '../node/image-archive.ts';
import { onNode } from '../on-node.ts';
import { healNode, partitionNode } from '../partition.ts';
import { findPrograms } from '../programs.ts';
import type { TestbedStatus } from '../testbed-status.ts';
import { startTestTestbed, type TestTestbed } from '../testing/test-testbed.ts';
import { loopbackHost, pushImage } from './push-image.ts';
import { authorityFile, scratchFolder } from './registry-folder.ts';
import { resumeRegistry, stopRegistry } from './registry-outage.ts';

/**
 * Real kubelets and runtimes, and distribution's real registry: one outside with a password, and a mirror of it beside
 * the nodes.
 */
let testbed: TestTestbed;
let status: TestbedStatus;
const [open, closed, docker] = ['containerd2-1', 'containerd-1', 'docker-1'];

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, containerd2: 1, docker: 1, closed: [closed] }, 'registry');
  status = await testbed.status();
  // Of the leases, and of the records of runs.
  for (const name of ['nodemend', 'nodemend-runs']) await testbed.kubectl('create', 'namespace', name);
  await pushNewImage('fresh:1');
  await testbed.kubectl(
    'create',
    'secret',
    'generic',
    'upstream',
    '--type=kubernetes.io/dockerconfigjson',
    `--from-file=.dockerconfigjson=${status.folder.registryCredentials}`,
  );
  // It takes containerd half a minute to give up; meanwhile other nodes are looked at.
  await pull({ pod: 'closed-upstream', node: closed, image: 'upstream.test/fresh:1', secret: true });
});
afterAll(() => testbed?.down());

/** One whose layer no node has: a runtime does not fetch what it has unpacked already. */
async function pushNewImage(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nodemend-push-'));
  try {
    const busybox = join(folder, 'busybox');
    await copyFile('/bin/busybox', busybox);
    await appendFile(busybox, name);
    const file = await writeImageArchive(folder, busybox);
    await pushImage(status, { format: 'docker-archive', file, reference: 'docker.io/library/box:1' }, name);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Pull {
  readonly pod: string;
  readonly node: string;
  readonly image: string;
  readonly secret?: boolean;
  /** What the container runs. */
  readonly command?: readonly string[];
}

/** A pod that has its image pulled, whatever the node has already. */
async function pull({ pod, node, image, secret = false, command = ['echo', 'it runs'] }: Pull): Promise<void> {
  const overrides = JSON.stringify({
    spec: { nodeName: node, ...(secret ? { imagePullSecrets: [{ name: 'upstream' }] } : {}) },
  });
  await testbed.kubectl(
    'run',
    pod,
    `--image=${image}`,
    '--image-pull-policy=Always',
    '--restart=Never',
    `--overrides=${overrides}`,
    '--',
    ...command,
  );
}

const patience = { timeout: 120_000, interval: 300 };

async function expectToRun(pod: string): Promise<void> {
  const phase = (): Promise<string> =>
    testbed.kubectl(
      'get',
      'pod',
      pod,
      '-o',
      'jsonpath={.status.phase} {.status.containerStatuses[0].state.waiting.message}',
    );
  await expect.poll(phase, patience).toMatch(/^Succeeded/);
  // kubelet may be asked for it a moment before the runtime has written it.
  await expect.poll(() => testbed.kubectl('logs', pod), patience).toBe('it runs\n');
}

/** What kubelet says of a pull that failed, in the runtime's own words. */
async function expectToFail(pod: string, message: RegExp): Promise<void> {
  const said = (): Promise<string> =>
    testbed.kubectl(
      'get',
      'events',
      `--field-selector=involvedObject.name=${pod},reason=Failed`,
      '-o',
      'jsonpath={.items[*].message}',
    );
  try {
    await expect.poll(said, patience).toContain('Failed to pull image');
    expect(await said()).toMatch(message);
  } finally {
    await testbed.kubectl('delete', 'pod', pod, '--grace-period=0', '--force', '--wait=false');
  }
}

/** Says how a connection fares: 0 made, 1 refused or reset, 124 no word within the time (timeout(1)). */
async function dial(node: string, host: string, port: number): Promise<number> {
  return Number(await testbed.root(node, `timeout 2 bash -c 'exec 3<>/dev/tcp/${host}/${port}' 2>/dev/null; echo $?`));
}

/** Requests that a registry was asked, as its access log has them: `10.77.1.6 GET /v2/box/manifests/1 200`. */
function requests(registry: string): readonly string[] {
  const lines = readFileSync(join(status.folder.logs, `${registry}.log`), 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [, from, method, path, code] = /^(\S+) - \S+ \[.*?\] "(\S+) (\S+) \S+" (\d+)/.exec(line) ?? [];
    return from === undefined ? [] : [`${from} ${method} ${path} ${code}`];
  });
}

const addressOf = (name: string): string =>
  [...status.plan.nodes, ...status.plan.registries].find((each) => each.name === name)?.networkAddress ?? '';

/** A pod in the namespace team that names no secret itself, until it runs to its end or kubelet waits for its image. */
async function teamPod(name: string, until: 'runs' | 'waiting'): Promise<void> {
  const overrides = JSON.stringify({ spec: { nodeName: open } });
  await testbed.kubectl(
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
    testbed.kubectl(
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
  return testbed.kubectl(
    '-n',
    'team',
    'get',
    'pod',
    name,
    '-o',
    'jsonpath={.status.containerStatuses[0].state.waiting.message}',
  );
}

interface NodemendHere {
  readonly nodemend: (...words: readonly string[]) => ReturnType<typeof runInProcess>;
  /** Their ids. */
  readonly runs: () => readonly string[];
}

/**
 * The command line on this machine, which reaches the registry outside by a proxy, and has its login from a Docker
 * credential helper.
 */
async function nodemendHere(): Promise<NodemendHere> {
  const { folder, plan } = status;
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

describe('the closed subnet', () => {
  test('a node in it reaches the API server, the bastion and the mirror; all else is lost without a word', async () => {
    const reached = [
      dial(closed, '10.96.0.1', 443),
      dial(closed, status.plan.bastion.networkAddress, 22),
      dial(closed, 'mirror.test', 443),
    ];
    const lost = [
      dial(closed, 'upstream.test', 443),
      dial(closed, addressOf(open), 22),
      dial(closed, '203.0.113.1', 443),
    ];
    expect(await Promise.all(reached)).toEqual([0, 0, 0]);
    expect(await Promise.all(lost)).toEqual([124, 124, 124]);
  });

  test('one in the open subnet reaches both registries, and not the closed nodes', async () => {
    expect(
      await Promise.all([
        dial(open, 'mirror.test', 443),
        dial(open, 'upstream.test', 443),
        dial(open, addressOf(closed), 22),
      ]),
    ).toEqual([0, 0, 124]);
  });

  test('users reach its nodes through the bastion', async () => {
    const { stdout, stderr } = await runProgram('ssh', [
      '-F',
      status.folder.sshConfig,
      '-o',
      'BatchMode=yes',
      addressOf(closed),
      'hostname',
    ]);
    expect(stdout, stderr).toBe(`${closed}\n`);
  });
});

describe('pulls', () => {
  test('with the credentials, from the registry outside', async () => {
    await Promise.all([
      pull({ pod: 'open', node: open, image: 'upstream.test/box:1', secret: true }),
      pull({ pod: 'docker', node: docker, image: 'upstream.test/box:1', secret: true }),
    ]);
    await Promise.all(['open', 'docker'].map(expectToRun));
  });

  test('without them, the runtimes’ own words', async () => {
    await Promise.all([
      pull({ pod: 'open-anonymous', node: open, image: 'upstream.test/box:1' }),
      pull({ pod: 'docker-anonymous', node: docker, image: 'upstream.test/box:1' }),
    ]);
    await expectToFail(
      'open-anonymous',
      /failed to resolve image: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials/,
    );
    await expectToFail(
      'docker-anonymous',
      /Error response from daemon: Head "https:\/\/upstream\.test\/v2\/box\/manifests\/1": no basic auth credentials/,
    );
  });

  test(
    'a namespace whose pods cannot pull gets a login by nodemend pull-secret; its undo takes it away',
    { timeout: 240_000 },
    async () => {
      await testbed.kubectl('create', 'namespace', 'team');
      await testbed.kubectl('-n', 'team', 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s');
      const fails = /no basic auth credentials|401 Unauthorized/;
      await teamPod('before', 'waiting');
      expect(await teamMessage('before')).toMatch(fails);

      const { nodemend, runs } = await nodemendHere();
      const given = await nodemend(
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
      expect([given.error, given.code], given.notes).toEqual([undefined, 0]);
      // It was made before, and is told of.
      expect(given.notes).toContain('team/Pod/before (1 pod)');
      await teamPod('after', 'runs');

      const [run = ''] = runs();
      expect((await nodemend('undo', run, '--yes')).code).toBe(0);
      await teamPod('again', 'waiting');
      expect(await teamMessage('again')).toMatch(fails);
    },
  );

  test('a closed node cannot pull from outside, credentials or not', async () => {
    await expectToFail(
      'closed-upstream',
      /failed to resolve reference "upstream\.test\/fresh:1": failed to do request: Head "https:\/\/upstream\.test\/v2\/fresh\/manifests\/1": dial tcp 198\.51\.100\.10:443: i\/o timeout/,
    );
  });

  test('it pulls through the mirror, which fetches from outside with the credentials that it has', async () => {
    expect(
      requests('upstream').filter((line) => line.startsWith(`${addressOf('mirror')} GET /v2/fresh/blobs/`)),
    ).toEqual([]);
    await pull({ pod: 'closed', node: closed, image: 'mirror.test/fresh:1' });
    await expectToRun('closed');
    expect(requests('mirror')).toContainEqual(
      expect.stringMatching(new RegExp(`^${addressOf(closed)} GET /v2/fresh/blobs/sha256:.* 200$`)),
    );
    expect(requests('upstream')).toContainEqual(
      expect.stringMatching(new RegExp(`^${addressOf('mirror')} GET /v2/fresh/blobs/sha256:.* 200$`)),
    );
    expect(requests('upstream').filter((line) => line.startsWith(addressOf(closed)))).toEqual([]);
  });

  test('while the registry outside is down the mirror serves what it has, and has nothing else', async () => {
    await stopRegistry(status, 'upstream');
    try {
      expect(await dial(open, 'upstream.test', 443)).toBe(1);
      await Promise.all([
        pull({ pod: 'cached', node: open, image: 'mirror.test/fresh:1' }),
        pull({ pod: 'docker-uncached', node: docker, image: 'mirror.test/other:1' }),
      ]);
      await expectToRun('cached');
      await expectToFail('docker-uncached', /manifest for mirror\.test\/other:1 not found: manifest unknown/);
    } finally {
      await resumeRegistry(status, 'upstream');
    }
    expect(await dial(open, 'upstream.test', 443)).toBe(0);
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
  await pushNewImage('team/app:2.0');
  await pull({ pod: 'pushed', node: closed, image: 'mirror.test/team/app:2.0' });
  await expectToRun('pushed');
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
  await pushNewImage('app:1');
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
  expect(await Promise.all([dial(closed, 'mirror.test', 443), dial(closed, 'upstream.test', 443)])).toEqual([0, 124]);
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

describe('the remedy mirror', () => {
  let hub: TestbedHub;
  let mirror: HubMirror;
  let operator: Operator;
  let folder: string;
  const command = ['/bin/busybox', 'echo', 'it runs'];
  const account = { user: 'shop', password: 'planted-password', limit: undefined };

  beforeAll(async () => {
    const layer = await busyboxLayer();
    // Each has a manifest of its own: what a node has already it would not fetch.
    const images = ['one', 'two'].map((name) =>
      makeImage({ repository: `library/${name}`, tag: '1', layer, command: [...command, name] }),
    );
    const program = findPrograms({
      environment: process.env,
      docker: 'kubelet',
      containerd2: true,
      report: () => undefined,
    });
    // Nobody without an account has a pull left.
    hub = await serveHubInTestbed(status, [open, docker], { images, anonymousLimit: 0, accounts: [account] });
    mirror = await serveHubMirror(status, hub, { program: (await program).registry, login: account });
    operator = operatorOf(undefined, { NODEMEND_CONFIG: status.folder.configuration });
    folder = await mkdtemp(join(tmpdir(), 'nodemend-mirror-'));
    await writeFile(join(folder, 'mirror.crt'), mirror.authority);
    await pushNewImage('library/inside:1');
  });
  afterAll(async () => {
    operator?.leave();
    await mirror?.close();
    await hub?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What there is of the runtimes' configuration, and the hash of each file. */
  const files = (node: string): Promise<string> =>
    testbed.root(
      node,
      'find /etc/containerd /etc/docker -printf "%p %m %U %y\\n" 2>/dev/null | sort; find /etc/containerd ' +
        '/etc/docker -type f -exec sha256sum {} + 2>/dev/null | sort -k2',
    );
  const nodemend = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await operator.nodemend(...args, '--lang', 'en');
    return `${exitCode}\n${stdout}${stderr}`;
  };
  /** What is found of the nodes themselves, by the page's command. */
  const rulesOf = async (...nodes: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await operator.nodemend(...(steps.find(([first]) => first === 'diagnose') ?? []), '-o', 'json');
    const { findings } = JSON.parse(stdout) as {
      readonly findings: readonly {
        readonly rule: string;
        readonly subject: { readonly kind: string; readonly name: string };
      }[];
    };
    return findings
      .filter(({ subject }) => subject.kind === 'node' && nodes.includes(subject.name))
      .map(({ rule }) => rule);
  };
  /** The commands of docs/registry-mirrors.md, of this mirror and these nodes. */
  const steps = walkthrough('docs/registry-mirrors.md', 'Point nodes at a mirror');
  const step = (command: string): Promise<string> => {
    const words = steps.find(([first]) => first === command) ?? [];
    const own = words.map((word) =>
      word
        .replace('https://mirror.example.com:5000', mirror.url)
        .replace('mirror.crt', join(folder, 'mirror.crt'))
        .replace('RUN', operator.runs().at(-1) ?? ''),
    );
    return nodemend(
      ...own,
      ...(command === 'undo' ? [] : ['--nodes', `${open},${docker}`]),
      ...(['apply', 'undo'].includes(command) ? ['--yes'] : []),
    );
  };

  test('both languages show the same commands, and the plan what they do', async () => {
    expect(steps.map(([command]) => command)).toEqual(['plan', 'apply', 'diagnose', 'undo']);
    expect(walkthrough('docs/registry-mirrors.ko.md', '노드에 미러 설정하기')).toEqual(steps);
    const planned = await step('plan');
    expect(planned).toContain('systemctl reload docker.service');
    expect(planned).toContain('/etc/containerd/certs.d/docker.io/hosts.toml');
  });

  /** Of the runtimes' configuration, before. */
  let before: readonly string[] = [];

  test('once nobody may pull from Docker Hub, its images come through a real cache of it, and nothing was restarted', async () => {
    await Promise.all([
      pull({ pod: 'limited', node: open, image: 'one:1' }),
      pull({ pod: 'docker-limited', node: docker, image: 'one:1' }),
    ]);
    await expectToFail('limited', /429 Too Many Requests/);
    await expectToFail('docker-limited', /toomanyrequests: You have reached your unauthenticated pull rate limit/);
    before = await Promise.all([open, docker].map(files));
    const processes = await Promise.all(
      [open, docker].map((node) => testbed.root(node, 'pidof containerd dockerd || true')),
    );

    expect(await step('apply')).toMatch(/^0\n/);
    await Promise.all([
      pull({ pod: 'mirrored', node: open, image: 'one:1', command }),
      pull({ pod: 'docker-mirrored', node: docker, image: 'one:1', command }),
    ]);
    await Promise.all(['mirrored', 'docker-mirrored'].map(expectToRun));
    expect(
      [...hub.hub.pulls.counted().keys()].filter((source) => [open, docker].map(addressOf).includes(source)),
    ).toEqual([]);
    expect(
      await Promise.all([open, docker].map((node) => testbed.root(node, 'pidof containerd dockerd || true'))),
    ).toEqual(processes);
  });

  test('what is there is not made again, and is no trouble', async () => {
    expect(await step('plan')).toContain('Nothing to change.');
    expect(await rulesOf(open, docker)).toEqual(['mirrors-fine', 'mirrors-fine']);
  });

  test(
    'it is undone to the byte; dockerd keeps a mirror that its file no longer names until it is started ' +
      'again, as the plan says',
    async () => {
      expect(await step('undo')).toMatch(/^0\n/);
      expect(await Promise.all([open, docker].map(files))).toEqual(before);
      await pull({ pod: 'limited-again', node: open, image: 'two:1' });
      await expectToFail('limited-again', /429 Too Many Requests/);
      expect(await testbed.root(docker, "docker info --format '{{range .RegistryConfig.Mirrors}}{{.}}{{end}}'")).toBe(
        `${mirror.url}/\n`,
      );
      await testbed.root(docker, 'systemctl restart docker');
      expect(await testbed.root(docker, "docker info --format '{{range .RegistryConfig.Mirrors}}{{.}}{{end}}'")).toBe(
        '\n',
      );
    },
  );

  test('a closed node pulls images of Docker Hub from the mirror that it reaches, and waits for nobody else', async () => {
    const arguments_ = [
      'image-pull',
      '--remedy',
      'mirror',
      '--nodes',
      closed,
      '--mirror',
      'docker.io=https://mirror.test',
      '--mirror-ca',
      authorityFile(status.folder),
      '--mirror-only',
    ];
    expect(await nodemend('apply', ...arguments_, '--yes')).toMatch(/^0\n/);
    await pull({ pod: 'closed-hub', node: closed, image: 'inside:1' });
    await expectToRun('closed-hub');
    await pull({ pod: 'closed-missing', node: closed, image: 'nosuch:1' });
    await expectToFail('closed-missing', /docker\.io\/library\/nosuch:1: not found/);
  });

  test('a mirror that does not answer a node is not set there, and what was begun is undone', async () => {
    const before = await files(open);
    const said = await nodemend(
      'apply',
      'image-pull',
      '--remedy',
      'mirror',
      '--nodes',
      open,
      '--mirror',
      'docker.io=https://198.51.100.99:5000',
      '--yes',
    );
    expect(said).toMatch(/^7\n/);
    expect(said).toContain('the mirror does not answer this node');
    expect(await files(open)).toBe(before);
  });
});
