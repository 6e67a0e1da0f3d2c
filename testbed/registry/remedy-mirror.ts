import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operatorOf, type Operator } from '../../test/end-to-end/operator.ts';
import { walkthrough } from '../../test/end-to-end/walkthrough.ts';
import { busyboxLayer } from '../fakes/busybox-layer.ts';
import { serveHubMirror, type HubMirror } from '../fakes/docker-hub/hub-mirror.ts';
import { makeImage } from '../fakes/docker-hub/images.ts';
import { serveHubInTestbed, type TestbedHub } from '../fakes/docker-hub/testbed-hub.ts';
import { findPrograms } from '../programs.ts';
import type { TestbedStatus } from '../testbed-status.ts';
import type { Pulls } from './pulls.ts';
import { pushNewImage } from './push-new-image.ts';
import { authorityFile } from './registry-folder.ts';

interface MirroredNodes {
  readonly open: string;
  readonly docker: string;
  /** Without a way out. */
  readonly closed: string;
}

/** `--remedy mirror`, by docs/registry-mirrors.md, before a Docker Hub that lets nobody pull without an account. */
export function remedyMirrorSuite(given: () => Pulls, { open, docker, closed }: MirroredNodes): void {
  const status = (): TestbedStatus => given().status;
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
    hub = await serveHubInTestbed(status(), [open, docker], { images, anonymousLimit: 0, accounts: [account] });
    mirror = await serveHubMirror(status(), hub, { program: (await program).registry, login: account });
    operator = operatorOf(undefined, { NODEMEND_CONFIG: status().folder.configuration });
    folder = await mkdtemp(join(tmpdir(), 'nodemend-mirror-'));
    await writeFile(join(folder, 'mirror.crt'), mirror.authority);
    await pushNewImage(status(), 'library/inside:1');
  });
  afterAll(async () => {
    operator?.leave();
    await mirror?.close();
    await hub?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** What there is of the runtimes' configuration, and the hash of each file. */
  const files = (node: string): Promise<string> =>
    given().testbed.root(
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
      given().pull({ pod: 'limited', node: open, image: 'one:1' }),
      given().pull({ pod: 'docker-limited', node: docker, image: 'one:1' }),
    ]);
    await given().expectToFail('limited', /429 Too Many Requests/);
    await given().expectToFail(
      'docker-limited',
      /toomanyrequests: You have reached your unauthenticated pull rate limit/,
    );
    before = await Promise.all([open, docker].map(files));
    const processes = await Promise.all(
      [open, docker].map((node) => given().testbed.root(node, 'pidof containerd dockerd || true')),
    );

    expect(await step('apply')).toMatch(/^0\n/);
    await Promise.all([
      given().pull({ pod: 'mirrored', node: open, image: 'one:1', command }),
      given().pull({ pod: 'docker-mirrored', node: docker, image: 'one:1', command }),
    ]);
    await Promise.all(['mirrored', 'docker-mirrored'].map((pod) => given().expectToRun(pod)));
    expect(
      [...hub.hub.pulls.counted().keys()].filter((source) =>
        [open, docker].map((node) => given().addressOf(node)).includes(source),
      ),
    ).toEqual([]);
    expect(
      await Promise.all([open, docker].map((node) => given().testbed.root(node, 'pidof containerd dockerd || true'))),
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
      await given().pull({ pod: 'limited-again', node: open, image: 'two:1' });
      await given().expectToFail('limited-again', /429 Too Many Requests/);
      expect(
        await given().testbed.root(docker, "docker info --format '{{range .RegistryConfig.Mirrors}}{{.}}{{end}}'"),
      ).toBe(`${mirror.url}/\n`);
      await given().testbed.root(docker, 'systemctl restart docker');
      expect(
        await given().testbed.root(docker, "docker info --format '{{range .RegistryConfig.Mirrors}}{{.}}{{end}}'"),
      ).toBe('\n');
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
      authorityFile(status().folder),
      '--mirror-only',
    ];
    expect(await nodemend('apply', ...arguments_, '--yes')).toMatch(/^0\n/);
    await given().pull({ pod: 'closed-hub', node: closed, image: 'inside:1' });
    await given().expectToRun('closed-hub');
    await given().pull({ pod: 'closed-missing', node: closed, image: 'nosuch:1' });
    await given().expectToFail('closed-missing', /docker\.io\/library\/nosuch:1: not found/);
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
}
