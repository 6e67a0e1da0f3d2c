import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImagesDocument } from '../src/app/documents/images/schema.ts';
import { operatorOf, type Operator } from '../test/end-to-end/operator.ts';
import { examples, walkthrough } from '../test/end-to-end/walkthrough.ts';
import { writeImageArchive } from './node/image-archive.ts';
import { fillDisk } from './on-node.ts';
import { pushImage } from './registry/push-image.ts';
import { resumeRegistry, stopRegistry } from './registry/registry-outage.ts';
import { slowLink } from './slow-link.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';
import type { TestbedStatus } from './testbed-status.ts';

/**
 * Three real runtimes in a subnet without a route, and registries beside them that have what they need: images are lost as
 * they are lost there, come back, and the real kubelets start pods from them. Two ways to lose one are elsewhere: kubelet's
 * own collection (`base-images.testbed.test.ts`), and a process that is killed between any two of its programs
 * (`src/actions/image/contract.root.test.ts`).
 */
let testbed: TestTestbed;
let status: TestbedStatus;
let operator: Operator;
const nodes = ['containerd-1', 'containerd2-1', 'docker-1'] as const;
type Node = (typeof nodes)[number];
const pause = 'registry.k8s.io/pause:3.6';
/** A DaemonSet runs from it. */
const agent = 'registry.k8s.io/agent:1';
/** Nothing runs from it; the configuration names it. */
const tool = 'registry.k8s.io/tool:1';
/** No node has it, and only the registry that wants a password. Too large to come in a moment. */
const large = 'registry.k8s.io/large:1';
const root = join(import.meta.dirname, '..');
const settings = `
pod: { image: 'localhost/box:1' }
neededImages: ['${tool}']
imageSources: { names: [{ from: registry.k8s.io, to: mirror.test/k8s }] }
`;

beforeAll(async () => {
  testbed = await startTestTestbed(
    { containerd: 1, containerd2: 1, docker: 1, closed: nodes },
    { name: 'closed', diskBytes: 1024 ** 3 },
  );
  status = await testbed.status();
  const configuration = join(testbed.stateDir, 'closed.yaml');
  writeFileSync(configuration, readFileSync(status.folder.configuration, 'utf8') + settings);
  operator = operatorOf(undefined, { NODEMEND_CONFIG: configuration });
  for (const name of ['nodemend', 'nodemend-runs']) await testbed.kubectl('create', 'namespace', name);
  await Promise.all([push('agent', 'agent'), push('tool', 'tool'), push('large', randomBytes(12_000_000), 'internal')]);
  await Promise.all(nodes.map((node) => testbed.root(node, pulledByHand(agent, node) + pulledByHand(tool, node))));
  await testbed.kubectl('apply', '-f', writeDaemonSet());
  await testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/agent', '--timeout=90s');
});
afterAll(async () => {
  operator?.leave();
  await testbed?.down();
});

/**
 * Into the registry outside, from which the mirror fetches it, or into that of the closed nodes, which wants a password:
 * with a layer that no other image has.
 */
async function push(name: string, own: string | Uint8Array, registry?: 'internal'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-push-'));
  try {
    const busybox = join(folder, 'busybox');
    await copyFile('/bin/busybox', busybox);
    await appendFile(busybox, own);
    const file = await writeImageArchive(folder, busybox);
    await pushImage(
      status,
      { format: 'docker-archive', file, reference: 'docker.io/library/box:1' },
      `k8s/${name}:1`,
      registry,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const inMirror = (name: string): string => name.replace('registry.k8s.io', 'mirror.test/k8s');

function pulledByHand(name: string, node: Node): string {
  const from = inMirror(name);
  return node === 'docker-1'
    ? `docker pull --quiet ${from} >/dev/null && docker tag ${from} ${name} && docker rmi ${from} >/dev/null\n`
    : `ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d ${from} >/dev/null &&
       ctr -n k8s.io images tag ${from} ${name} >/dev/null && ctr -n k8s.io images rm ${from} >/dev/null\n`;
}

function writeDaemonSet(): string {
  const file = join(operator.folder, 'agent.yaml');
  writeFileSync(
    file,
    `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: kube-system }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      priorityClassName: system-node-critical
      tolerations: [{ operator: Exists }]
      terminationGracePeriodSeconds: 1
      containers: [{ name: agent, image: '${agent}', imagePullPolicy: IfNotPresent }]
`,
  );
  return file;
}

/** What each name stands for. */
async function names(node: Node): Promise<ReadonlyMap<string, string>> {
  const lines = await testbed.root(
    node,
    node === 'docker-1'
      ? "docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}'"
      : "ctr -n k8s.io images ls | sed -n 's/^\\([^ ]*\\) .*\\(sha256:[0-9a-f]\\{64\\}\\) .*/\\1 \\2/p'",
  );
  const pairs = lines.split('\n').map((line) => line.split(' '));
  return new Map(pairs.map(([name = '', digest = '']) => [name, digest]));
}

/** The real kubelet makes a sandbox and a container, of images that it may not pull. */
async function startsPod(node: Node, image: string): Promise<void> {
  const pod = `${node}-${image.replaceAll(/.*\/|[^a-z0-9]/gu, '')}`;
  const overrides = JSON.stringify({ spec: { nodeName: node, terminationGracePeriodSeconds: 0 } });
  const arguments_ = [`--image=${image}`, '--image-pull-policy=Never', `--overrides=${overrides}`];
  await testbed.kubectl('run', pod, '--restart=Never', ...arguments_, '--', 'echo', 'it runs');
  const phase = (): Promise<string> => testbed.kubectl('get', 'pod', pod, '-o', 'jsonpath={.status.phase}');
  await expect.poll(phase, { timeout: 60_000, interval: 300 }).toBe('Succeeded');
}

interface Said {
  readonly exitCode: number | null;
  /** In one line. */
  readonly text: string;
}

async function nodemend(...words: readonly string[]): Promise<Said> {
  const { exitCode, stdout, stderr } = await operator.nodemend(...words, '--lang', 'en');
  return { exitCode, text: `${exitCode} ${stdout}${stderr}`.replaceAll(/\s+/gu, ' ') };
}

async function listed(): Promise<{ readonly exitCode: number | null; readonly document: ImagesDocument }> {
  const { exitCode, stdout, stderr } = await operator.nodemend('images', 'list', '-o', 'json');
  expect(stdout, stderr).not.toBe('');
  return { exitCode, document: JSON.parse(stdout) as ImagesDocument };
}

test('images list says of each real runtime what is there, since when, and that it is unpacked', async () => {
  const { exitCode, document } = await listed();
  const found = document.nodes.map(({ name, images }) => [
    name,
    images.map(({ name: image, content, found: there }) => [image, content, there?.since?.by, there?.unpacked]),
  ]);
  const nearly = (since: 'content' | 'tag', ofPause: typeof since | undefined): unknown =>
    expect.arrayContaining([
      [agent, 'whole', since, true],
      [pause, 'whole', ofPause, true],
    ]) as unknown;

  expect(exitCode, JSON.stringify(document)).toBe(0);
  expect(found).toEqual([
    ['containerd-1', nearly('content', 'content')],
    ['containerd2-1', nearly('content', 'content')],
    // Docker keeps no time of what was loaded and never tagged.
    ['docker-1', nearly('tag', undefined)],
  ]);
  const times = document.nodes.flatMap(({ images }) => images.flatMap(({ found: there }) => there?.since?.at ?? []));
  expect(times.filter((at) => Math.abs(Date.parse(at) - Date.now()) > 10 * 60_000)).toEqual([]);
});

describe('the walkthrough of docs/closed-networks.md, with another fault on each node', () => {
  const steps = walkthrough('docs/closed-networks.md', 'A walkthrough');
  let before: readonly ReadonlyMap<string, string>[] = [];
  const namesNow = (): Promise<readonly ReadonlyMap<string, string>[]> => Promise.all(nodes.map(names));

  /** As it is on the page; nobody is there to answer. */
  async function step(index: number): Promise<string> {
    const words = (steps[index] ?? []).map((word) => (word === 'RUN' ? (operator.runs().at(-1) ?? '') : word));
    const asks = ['apply', 'undo'].includes(words[0] ?? '') || words[1] === 'restore';
    return (await nodemend(...words, ...(asks ? ['--yes'] : []))).text;
  }

  const blobOf = (name: string, part: string): string =>
    `"$(ctr -n k8s.io content get "$(ctr -n k8s.io images ls "name==${name}" | awk 'NR == 2 { print $3 }')" |
      sed 's/.*"${part}":[^]}]*"digest":"\\([^"]*\\)".*/\\1/')"`;

  beforeAll(async () => {
    const had = await names('containerd-1');
    const ofPause = [...had].flatMap(([name, digest]) => (digest === had.get(pause) ? [name] : []));
    await Promise.all([
      // The sandbox image with all that it is called there, so that nothing of it is left; and a tag is moved.
      testbed.root(
        'containerd-1',
        `ctr -n k8s.io images rm --sync ${ofPause.join(' ')}
         ctr -n k8s.io images tag --force ${tool} ${agent}`,
      ),
      // Blobs go from the content store: of one image its configuration, of another the layer that it runs from.
      testbed.root(
        'containerd2-1',
        `ctr -n k8s.io content rm ${blobOf(tool, 'config')}; ctr -n k8s.io content rm ${blobOf(agent, 'layers')}`,
      ),
      testbed.root('docker-1', `docker rmi ${tool}`),
    ]);
    before = await namesNow();
  });

  test('both languages show the same commands', () => {
    expect(walkthrough('docs/closed-networks.ko.md', '따라 해 보기')).toEqual(steps);
  });

  test('list and diagnose tell each of them, and what is no fault', async () => {
    const [list, diagnosis] = await Promise.all([step(0), step(1)]);
    expect(list).toMatch(/^3 .*3 of 3 nodes lack images that they need/u);
    expect(diagnosis).toMatch(/^3 .*sandbox-image-missing, critical, 1 node .*containerd-1/u);
    expect(diagnosis).toContain(`other images than other nodes under the same tags: ${agent}. containerd-1`);
    expect(diagnosis).toMatch(
      /are missing: registry\.k8s\.io\/tool:1\..* (?:containerd2-1,docker-1|docker-1,containerd2-1)/u,
    );

    // A layer that is unpacked is not missed: kubelet starts pods from it, and no other node can have it from here.
    const { document } = await listed();
    const second = document.nodes.find(({ name }) => name === 'containerd2-1');
    expect(second?.images.find(({ name }) => name === agent)?.content).toBe('without-layers');
    await startsPod('containerd2-1', agent);
  });

  test('a plan tells where each comes from, and leaves the moved tag alone; applied, it is in force; undone, nothing is left', async () => {
    const plan = await step(2);
    expect(plan).toMatch(/^0 /u);
    expect(plan).toMatch(/pause:3\.6 is missing, and containerd2-1 has it with the known digest/u);
    expect(plan).toContain(inMirror(tool));
    expect(plan).toContain('3 nodes');
    expect(await step(3)).toMatch(/^0 .*DONE run/u);
    expect(await step(4)).toMatch(/^0 .*HOLDS/u);
    expect(await step(5)).toMatch(/^0 .*DONE run/u);
    expect(await namesNow()).toEqual(before);
  });

  test('restored, all is there, and the real kubelets start real pods from it', async () => {
    const restored = await step(6);
    expect(restored).toMatch(/^0 /u);
    // That is no option of this command.
    expect(restored).not.toContain('--remedy');
    expect(await step(7)).toMatch(/^0 .*All base images/u);
    await Promise.all(nodes.map((node) => startsPod(node, tool)));
    expect((await names('containerd-1')).get(agent)).toBe(before[0]?.get(agent));
    await testbed.root(
      'containerd-1',
      `ctr -n k8s.io images rm ${agent} >/dev/null; ${pulledByHand(agent, 'containerd-1')}`,
    );
  });
});

describe('an image from a registry with TLS and a password, which the nodes’ containerd has', () => {
  const from = ['images', 'restore', large, '--from', 'registry.k8s.io=internal.test/k8s'] as const;
  let restore: readonly string[] = [];

  beforeAll(async () => {
    const { auths } = JSON.parse(readFileSync(status.folder.registryCredentials, 'utf8')) as {
      readonly auths: Readonly<Record<string, { readonly auth: string }>>;
    };
    // As containerd's docs/hosts.md has it; 1.6 reads no header elsewhere than below a host.
    const hosts = `server = "https://internal.test"
[host."https://internal.test"]
ca = "/etc/containerd/certs.d/internal.test/ca.crt"
[host."https://internal.test".header]
Authorization = ["Basic ${auths['internal.test']?.auth}"]
`;
    const add = `file=/etc/containerd/certs.d/internal.test/hosts.toml; chmod 600 $file; cat >$file <<'END'\n${hosts}END`;
    await Promise.all(['containerd-1', 'containerd2-1'].map((node) => testbed.root(node, add)));
  });

  test('nobody knows which image it has to be: its digest is shown, and a node without the password is told of it', async () => {
    const { text } = await nodemend(...from, '--dry-run');
    const [, digest = ''] = /--accept-digest (sha256:[0-9a-f]{64})/u.exec(text) ?? [];
    restore = [...from, '--accept-digest', digest, '--nodes', 'containerd-1,containerd2-1'];

    expect(text).toMatch(/^6 .*internal\.test\/k8s\/large:1 has registry\.k8s\.io\/large:1 with the digest sha256:/u);
    expect(text).toMatch(/docker-1: .*requires a login/u);
  });

  test('a disk that was filled since the plan keeps it out, before anything of it comes', async () => {
    const file = join(operator.folder, 'large.json');
    const planned = await nodemend(...restore, '--out', file);
    await fillDisk(status, 'containerd-1', '83%');
    const [applied, dry] = [await nodemend('apply', file, '--yes'), await nodemend(...restore, '--dry-run')];
    await testbed.root('containerd-1', 'rm /var/lib/filler');

    expect(planned.text).toMatch(/^0 .*2 changes on 2 nodes/u);
    expect(applied.text).toMatch(/^8 .*REFUSED .*\[IMAGE_NO_ROOM\].* not started/u);
    expect([...(await names('containerd-1')).keys()]).not.toContain(large);
    expect(dry.text).toMatch(/containerd-1: there is no space for registry\.k8s\.io\/large:1: it transfers/u);
  });

  test('a registry that goes midway leaves nothing of it; when it is back, the image comes and pods start from it', async () => {
    const [before, ...unlimited] = [await names('containerd-1'), await slowLink(status, 'containerd-1', 16)];
    const restoring = operator.start(...restore, '--yes');
    const ingest = '/var/lib/containerd/io.containerd.content.v1.content/ingest';
    const come = `find ${ingest} -name data -size +1M 2>/dev/null | grep -q .`;
    await testbed.root('containerd-1', `for _ in $(seq 600); do ! ${come} || exit 0; sleep 0.1; done; exit 1`);
    await stopRegistry(status, 'internal');
    const { exitCode, stdout, stderr } = await restoring.ended;
    expect(exitCode, stdout + stderr).toBe(8);
    expect(await names('containerd-1')).toEqual(before);
    expect(await testbed.root('containerd-1', `find ${ingest} -name data -size +4k`)).toBe('');

    await Promise.all([resumeRegistry(status, 'internal'), ...unlimited.map((end) => end())]);
    expect((await nodemend(...restore, '--yes')).text).toMatch(/^0 .*DONE run/u);
    await Promise.all((['containerd-1', 'containerd2-1'] as const).map((node) => startsPod(node, large)));
  });
});

describe('the other commands of the page', () => {
  const page = 'docs/closed-networks.md';
  const korean = 'docs/closed-networks.ko.md';
  const listing = examples(page, 'Which image is on which node');
  const bringing = examples(page, 'From wherever it is');
  /** What the page calls by names of its own. */
  const here: Readonly<Record<string, string>> = {
    'registry.k8s.io/pause:3.9': tool,
    'registry.k8s.io=registry.internal/k8s': 'registry.k8s.io=mirror.test/k8s',
    'worker-1': 'containerd2-1',
  };
  const typed = (words: readonly string[] = []): readonly string[] => words.map((word) => here[word] ?? word);
  const lose = (node: Node): Promise<string> =>
    testbed.root(node, node === 'docker-1' ? `docker rmi ${tool}` : `ctr -n k8s.io images rm --sync ${tool}`);

  test('both languages have the same', () => {
    expect(examples(korean, '어떤 이미지가 어느 노드에 있는지')).toEqual(listing);
    expect(examples(korean, '있는 곳 어디서든')).toEqual(bringing);
    expect(walkthrough(korean, '새 노드')).toEqual(walkthrough(page, 'New nodes'));
  });

  test('each form of images list', async () => {
    const [wide, all, markdown, json, bundle, fromBundle = []] = listing.map(typed);
    const said = await Promise.all([wide, all, markdown, json, bundle].map((words = []) => nodemend(...words)));

    expect(said.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
    expect(said[0]?.text).toMatch(/NODE IMAGE CONTENT .* sha256:[0-9a-f]{64} /u);
    expect(said[1]?.text).toContain('1 1 node, containerd, pins are honored containerd2-1');
    expect(said[2]?.text).toContain(`| \`${tool}\` |`);
    expect((await nodemend(...fromBundle)).text).toMatch(/^0 .*All base images/u);
  });

  test('each way to bring an image, in the order of the page', async () => {
    const [restore, from, forVersion, reseed, exported, imported, pin, unpin] = bringing.map(typed);
    const changed = async (words: readonly string[] = []): Promise<string> => (await nodemend(...words, '--yes')).text;

    await lose('docker-1');
    expect(await changed(restore)).toMatch(/^0 .*DONE run .* 1 of 1 node/u);
    await lose('docker-1');
    expect(await changed(from)).toMatch(/^0 .*DONE run .* 1 of 1 node/u);
    expect(await changed(forVersion)).toMatch(/^6 .*registry\.k8s\.io\/kube-proxy:v1\.34\.3/u);

    await lose('containerd-1');
    expect(await changed(reseed)).toMatch(/^0 .*DONE run .* 1 of 1 node/u);
    expect((await nodemend(...(exported ?? []))).text).toMatch(
      /^0 1 image from containerd2-1 written to .*pause\.tar/u,
    );
    await Promise.all([lose('containerd-1'), lose('docker-1')]);
    expect(await changed(imported)).toMatch(/^0 .*DONE run .* 2 of 2 nodes/u);
    const [{ digest: known } = {}] = (await listed()).document.nodes.flatMap(({ images }) =>
      images.flatMap(({ name, found }) => (name === tool && found !== null ? [found] : [])),
    );
    expect((await names('containerd-1')).get(tool)).toBe(known);
    expect(await changed(pin)).toMatch(/^0 .*DONE run/u);
    expect(await changed(unpin)).toMatch(/^0 .*Nothing to change/u);
  });

  test('the user script of new nodes', async () => {
    const [, line = ''] = /^ {4}(registry\.k8s\.io\S+)$/mu.exec(readFileSync(join(root, page), 'utf8')) ?? [];
    writeFileSync(join(operator.folder, 'base-images.txt'), `${line}\n`);
    const [words = []] = walkthrough(page, 'New nodes');

    expect((await nodemend(...words)).exitCode).toBe(0);
    expect(readFileSync(join(operator.folder, 'bootstrap.sh'), 'utf8')).toContain(line.split('=')[1]);
  });
});

test('doctor says when only SSH works: with nodemend’s own image gone', async () => {
  const rows = async (): Promise<readonly unknown[]> => {
    const { stdout } = await operator.nodemend('doctor', '-o', 'json');
    return (JSON.parse(stdout) as { rows: readonly { check: string; state: string }[] }).rows
      .filter(({ check }) => check === 'pod-images')
      .map(({ state }) => state);
  };

  expect(await rows()).toEqual(['ok', 'ok', 'ok']);
  await testbed.root('containerd2-1', 'ctr -n k8s.io images rm localhost/box:1');
  expect(await rows()).toEqual(['ok', 'warn', 'ok']);
});
