import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImagesDocument } from '../src/app/documents/images/schema.ts';
import { operatorOf, type Operator } from '../test/end-to-end/operator.ts';
import { walkthrough } from '../test/end-to-end/walkthrough.ts';
import { writeImageArchive } from './node/image-archive.ts';
import { pushImage } from './registry/push-image.ts';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';
import type { TestbedStatus } from './testbed-status.ts';

/**
 * Three real runtimes in a subnet without a route, and a registry beside them that has what they need: images are lost as
 * they are lost there, come back, and the real kubelets start pods from them.
 */
let testbed: TestTestbed;
let status: TestbedStatus;
let operator: Operator;
const nodes = ['containerd-1', 'containerd2-1', 'docker-1'] as const;
type Node = (typeof nodes)[number];
const pause = 'registry.k8s.io/pause:3.6';
const agent = 'registry.k8s.io/agent:1';

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, containerd2: 1, docker: 1, closed: nodes }, 'closed');
  status = await testbed.status();
  const settings = "pod: { image: 'localhost/box:1' }\n";
  const configuration = join(testbed.stateDir, 'closed.yaml');
  writeFileSync(configuration, readFileSync(status.folder.configuration, 'utf8') + settings);
  operator = operatorOf(undefined, { NODEMEND_CONFIG: configuration });
  for (const name of ['nodemend', 'nodemend-runs']) await testbed.kubectl('create', 'namespace', name);
  await push('agent:1');
  await Promise.all(nodes.map((node) => testbed.root(node, pulledAs('mirror.test/agent:1', agent, node))));
  await testbed.kubectl('apply', '-f', writeDaemonSet());
  await testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/agent', '--timeout=90s');
});
afterAll(async () => {
  operator?.leave();
  await testbed?.down();
});

/** Into the registry outside, from which the one beside the nodes fetches it: with a layer that no node has. */
async function push(name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-push-'));
  try {
    const busybox = join(folder, 'busybox');
    await copyFile('/bin/busybox', busybox);
    await appendFile(busybox, name);
    const file = await writeImageArchive(folder, busybox);
    await pushImage(status, { format: 'docker-archive', file, reference: 'docker.io/library/box:1' }, name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As an operator does it by hand. */
function pulledAs(from: string, name: string, node: Node): string {
  return node === 'docker-1'
    ? `docker pull --quiet ${from} && docker tag ${from} ${name} && docker rmi ${from}`
    : `ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d ${from} >/dev/null &&
       ctr -n k8s.io images tag ${from} ${name} && ctr -n k8s.io images rm ${from}`;
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
      tolerations: [{ operator: Exists }]
      terminationGracePeriodSeconds: 1
      containers: [{ name: agent, image: '${agent}', imagePullPolicy: IfNotPresent }]
`,
  );
  return file;
}

async function listed(): Promise<{ readonly exitCode: number | null; readonly document: ImagesDocument }> {
  const { exitCode, stdout, stderr } = await operator.nodemend('images', 'list', '-o', 'json');
  expect(stdout, stderr).not.toBe('');
  return { exitCode, document: JSON.parse(stdout) as ImagesDocument };
}

describe('images list', () => {
  test('says of each real runtime what is there, since when, and that it is unpacked', async () => {
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
});

describe('the walkthrough of docs/closed-networks.md', () => {
  const steps = walkthrough('docs/closed-networks.md', 'A walkthrough');
  const lost = ['containerd-1', 'containerd2-1'] as const;

  test('both languages show the same commands', () => {
    expect(walkthrough('docs/closed-networks.ko.md', '따라 해 보기')).toEqual(steps);
  });

  /** As it is on the page; nobody is there to answer. */
  async function step(index: number): Promise<string> {
    const words = (steps[index] ?? []).map((word) => (word === 'RUN' ? (operator.runs().at(-1) ?? '') : word));
    const asks = ['apply', 'undo'].includes(words[0] ?? '') || words[1] === 'restore';
    const { exitCode, stdout, stderr } = await operator.nodemend(...words, ...(asks ? ['--yes'] : []), '--lang', 'en');
    return `${exitCode}\n${stdout}${stderr}`.replaceAll(/\s+/gu, ' ');
  }

  test('the sandbox image that was removed comes back, goes by undo, comes back, and pods start from it', async () => {
    await Promise.all(lost.map((node) => testbed.root(node, `ctr -n k8s.io images rm ${pause}`)));

    expect(await step(0)).toMatch(/^3 .*2 of 3 nodes lack images that they need/u);
    expect(await step(1)).toMatch(/^3 .*sandbox-image-missing/u);
    expect(await step(2)).toMatch(/^0 .*registry\.k8s\.io\/pause:3\.6/u);
    expect(await step(3)).toMatch(/^0 /u);
    expect(await step(4)).toMatch(/^0 /u);
    expect(await step(5)).toMatch(/^0 /u);
    for (const node of lost)
      expect((await testbed.root(node, 'ctr -n k8s.io images ls -q')).split('\n')).not.toContain(pause);
    expect(await step(6)).toMatch(/^0 /u);
    expect(await step(7)).toMatch(/^0 .*All base images/u);
    await Promise.all(lost.map((node) => startsPod(node)));
  });

  /** The real kubelet makes a sandbox and a container, of images that it may not pull. */
  async function startsPod(node: Node): Promise<void> {
    const overrides = JSON.stringify({ spec: { nodeName: node, terminationGracePeriodSeconds: 0 } });
    const arguments_ = ['--image=docker.io/library/box:1', '--image-pull-policy=Never', `--overrides=${overrides}`];
    await testbed.kubectl('run', `again-${node}`, '--restart=Never', ...arguments_, '--', 'echo', 'it runs');
    const phase = (): Promise<string> =>
      testbed.kubectl('get', 'pod', `again-${node}`, '-o', 'jsonpath={.status.phase}');
    await expect.poll(phase, { timeout: 60_000, interval: 300 }).toBe('Succeeded');
  }
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
