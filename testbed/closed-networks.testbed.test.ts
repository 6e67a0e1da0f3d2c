import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alwaysPulledSuite } from './closed-networks/always-pulled.ts';
import { agent, ClosedNodes, nodes, pause, pulledByHand, tool } from './closed-networks/closed-nodes.ts';
import { commandsSuite, pinsSuite } from './closed-networks/commands.ts';
import { hostileRegistriesSuite } from './closed-networks/hostile-registries.ts';
import { internalRegistrySuite } from './closed-networks/internal-registry.ts';
import { otherSourcesSuite } from './closed-networks/other-sources.ts';
import { lostSnapshotsSuite } from './closed-networks/lost-snapshots.ts';
import { TypedPage } from './closed-networks/page.ts';
import { scheduledImagesSuite } from './closed-networks/scheduled.ts';
import removeContent from './remove-content.sh?raw';

/**
 * Three real runtimes in a subnet without a route, and registries beside them that have what they need: images are lost as
 * they are lost there, come back, and the real kubelets start pods from them; all by the page that people read. Two ways
 * to lose one are elsewhere: kubelet's own collection (`base-images.testbed.test.ts`), and a process that is killed
 * between any two of its programs (`src/actions/image/contract.root.test.ts`).
 */
let closed: ClosedNodes;
const page = new TypedPage('docs/closed-networks.md', {
  'registry.k8s.io/pause:3.9': tool,
  'registry.k8s.io=registry.internal/k8s': 'registry.k8s.io=mirror.test/k8s',
  'worker-1': 'containerd2-1',
});

beforeAll(async () => {
  const once = page.section('Pods do not start').filter((line) => line.startsWith('kubectl '));
  closed = await ClosedNodes.start(once.map((line) => page.type(line).slice(1)));
});
afterAll(() => closed?.end());

test('images list says of each real runtime what is there, since when, and that it is unpacked', async () => {
  const { exitCode, document } = await closed.listed();
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

// A pod that has ended keeps the snapshots of its image: this comes before any runs from it.
describe('an image whose layers were dropped and whose snapshot is lost', () => lostSnapshotsSuite(() => closed, page));

describe('the walkthrough of docs/closed-networks.md, with another fault on each node', () => {
  const steps = page.section('Pods do not start').filter((line) => !/^kubectl |^nodemend doctor/u.test(line));
  let before: readonly ReadonlyMap<string, string>[] = [];
  const namesNow = (): Promise<readonly ReadonlyMap<string, string>[]> =>
    Promise.all(nodes.map((node) => closed.names(node)));

  /** As it is on the page; nobody is there to answer. */
  async function step(index: number): Promise<string> {
    const words = page.type(steps[index], { RUN: closed.operator.runs().at(-1) ?? '' });
    const asks = ['apply', 'undo'].includes(words[0] ?? '') || words[1] === 'restore';
    return (await closed.nodemend(...words, ...(asks ? ['--yes'] : []))).text;
  }

  const blobOf = (name: string, part: string): string =>
    `"$(ctr -n k8s.io content get "$(ctr -n k8s.io images ls "name==${name}" | awk 'NR == 2 { print $3 }')" |
      sed 's/.*"${part}":[^]}]*"digest":"\\([^"]*\\)".*/\\1/')"`;

  beforeAll(async () => {
    await Promise.all([
      // The sandbox image, and a tag is moved.
      closed.loseWholly('containerd-1', pause),
      closed.root('containerd-1', `ctr -n k8s.io images tag --force ${tool} ${agent}`),
      // Blobs go from the content store: of one image its configuration, of another the layer that it runs from.
      closed.root(
        'containerd2-1',
        `set -- /var/lib/containerd ${blobOf(tool, 'config')} ${blobOf(agent, 'layers')}\n${removeContent}`,
      ),
      closed.root('docker-1', `docker rmi ${tool}; docker tag localhost/box:1 ${agent}`),
    ]);
    before = await namesNow();
  });

  test('list and diagnose tell each of them, and what is no fault', async () => {
    const [list, diagnosis] = await Promise.all([step(0), step(1)]);
    expect(list).toMatch(/^3 .*3 of 3 nodes lack images that they need/u);
    expect(diagnosis).toMatch(/^3 .*sandbox-image-missing, critical, 1 node .*containerd-1/u);
    // Of three images none is that of most nodes.
    expect(diagnosis).toMatch(
      /other images than other nodes under the same tags: registry\.k8s\.io\/agent:1\. \S*docker-1/u,
    );
    expect(diagnosis).toMatch(
      /other images than other nodes under the same tags: registry\.k8s\.io\/agent:1\. \S*containerd-1/u,
    );
    expect(diagnosis).toMatch(
      /are missing: registry\.k8s\.io\/tool:1\..* (?:containerd2-1,docker-1|docker-1,containerd2-1)/u,
    );

    // A layer that is unpacked is not missed: kubelet starts pods from it, and no other node can have it from here.
    const { document } = await closed.listed();
    const second = document.nodes.find(({ name }) => name === 'containerd2-1');
    expect(second?.images.find(({ name }) => name === agent)?.content).toBe('without-layers');
    await closed.startsPod('containerd2-1', agent);
  });

  test('a plan tells where each comes from, and leaves the moved tag alone; applied, it is in force; undone, nothing is left', async () => {
    const plan = await step(2);
    expect(plan).toMatch(/^0 /u);
    expect(plan).toMatch(/pause:3\.6 is missing, and containerd2-1 has it with the known digest/u);
    // To docker as well: it knows the image by its configuration.
    expect(plan).toMatch(/tool:1 is missing, and containerd-1 has it with the known digest/u);
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
    await Promise.all(nodes.map((node) => closed.startsPod(node, tool)));
    // Moved tags are as they were, and whoever knows better mends them.
    const now = await namesNow();
    for (const at of [0, 2]) expect(now[at]?.get(agent)).toBe(before[at]?.get(agent));
    await Promise.all(
      (['containerd-1', 'docker-1'] as const).map(async (node) => {
        await closed.lose(node, agent);
        await closed.root(node, pulledByHand(agent, node));
      }),
    );
  });
});

describe('an image from where it was never pulled from', () => otherSourcesSuite(() => closed));

describe('an image from a registry with TLS and a password', () => internalRegistrySuite(() => closed, page));

describe('the other commands of the page', () => commandsSuite(() => closed, page));

describe('the schedules of the page', () => scheduledImagesSuite(() => closed, page));

describe('the pins of the page', () => pinsSuite(() => closed, page));

describe('registries that mean harm', () => hostileRegistriesSuite(() => closed));

test('doctor says where only SSH works: with nodemend’s own image gone, or the sandbox’s; and there it does', async () => {
  const [first, second] = nodes;
  const rows = async (): Promise<readonly unknown[]> => {
    const { stdout } = await closed.operator.nodemend(...page.type('nodemend doctor'), '-o', 'json');
    interface Row {
      readonly check: string;
      readonly state: string;
      readonly text: { readonly params: { readonly images: string } };
    }
    return (JSON.parse(stdout) as { rows: readonly Row[] }).rows
      .filter(({ check }) => check === 'pod-images')
      .map(({ state, text: { params } }) => `${state} ${params.images}`);
  };
  const all = `ok localhost/box:1, ${pause}`;

  expect(await rows()).toEqual([all, all, all]);
  await Promise.all([closed.lose(first, pause), closed.lose(second, 'localhost/box:1')]);
  await closed.testbed.kubectl('create', 'namespace', 'nodemend-pod');
  const words = ['diagnose', '--only', 'base-images', '--nodes', `${first},${second}`];
  const [said, { text: byPod }] = await Promise.all([
    rows(),
    closed.nodemend(...words, '--via', 'pod', '--connect-timeout', '8'),
  ]);
  expect(said).toEqual([`warn ${pause}`, 'warn localhost/box:1', all]);
  expect(byPod).toMatch(/^5 .*2 of 2 nodes could not be checked/u);
  expect(byPod).toMatch(
    /containerd-1: .*failed to get sandbox image "registry\.k8s\.io\/pause:3\.6".*\[POD_NOT_STARTED\]/u,
  );
  expect(byPod).toMatch(/containerd2-1: .*localhost\/box:1: ErrImageNeverPull.*\[POD_IMAGE_UNAVAILABLE\]/u);
  expect((await closed.nodemend('images', 'restore', '--via', 'ssh', '--yes')).text).toMatch(/^0 .*DONE run/u);
});

describe('the admission plugin AlwaysPullImages', () => alwaysPulledSuite(() => closed));

test('each command of the page was typed by a test', () => {
  expect(page.untyped).toEqual([]);
});
