import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Evidence } from '../../../evidence/evidence.ts';
import { states } from '../../../problems/base-images/testing/fixture-states.ts';
import {
  daemonSet,
  fixture,
  nothingRuns,
  without,
  type FixtureNode,
} from '../../../problems/base-images/testing/fixture.ts';
import { displayWidth } from '../../render/width.ts';
import { runInProcess, type CommandEnd } from '../../testing/run-in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-images-list-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function list(evidence: Evidence, words: readonly string[] = [], columns = 80): Promise<CommandEnd> {
  const bundle = join(folder, 'bundle.json');
  writeFileSync(bundle, JSON.stringify(evidence));
  return runInProcess(['images', 'list', '--bundle', bundle, ...words], { columns });
}

const range = (count: number, make: (index: number) => FixtureNode): readonly FixtureNode[] =>
  Array.from({ length: count }, (_, index) => make(index));
const proxyName = 'registry.k8s.io/kube-proxy:v1.34.4';
const pauseName = 'registry.k8s.io/pause:3.6';
/** A cluster of 100: most of them well, and each way in which one is not. */
const grown: readonly FixtureNode[] = [
  ...range(90, (index) => ({ name: `worker-${index + 1}`, runtime: 'containerd-2.4.2' })),
  ...range(6, (index) => ({
    name: `old-${index + 1}`,
    images: (text) => without(/ registry\.k8s\.io\/pause:/)(nothingRuns(text)),
  })),
  ...range(3, (index) => ({ name: `docker-${index + 1}`, runtime: 'docker-20.10.24' })),
  { name: 'silent-1', unseen: 'unreachable' },
];
const cluster = fixture(grown, {
  uses: [daemonSet(proxyName, { nodes: grown.map(({ name = '' }) => name), pullPolicy: 'Always' })],
});

test('100 nodes: those that do not differ are one column, and every node is named', async () => {
  const { code, data } = await list(cluster);

  expect(code).toBe(3);
  expect(data).toMatchInlineSnapshot(`
    "Cluster testbed (https://127.0.0.1:6443), 100 nodes, via ssh,
    2026-11-30 12:28 UTC

    IMAGE                               1    2     3     4              SIZE
    registry.k8s.io/kube-proxy:v1.34.4  +!A  +!#A  +!#A  ?A  300 KiB–310 KiB
    registry.k8s.io/pause:3.6           +PU  -     +U    ?           1.9 MiB

    + complete; - missing; ? unknown; P pinned; U in use; ! kubelet can remove it; #
    another image than on most nodes; A pull policy Always, so its pods need the
    registry anyway

    1  90 nodes, containerd, pins are honored
       worker-[1-90]
    2  6 nodes, containerd, pins are ignored
       old-[1-6]
    3  3 nodes, docker, pins are ignored
       docker-[1-3]
    4  1 node: the images could not be listed
       silent-1

    The mark "!" does not say when: kubelet removes such an image only when the disk
    of images is nearly full, or when the image was unused for longer than kubelet
    allows. nodemend diagnose warns when that is near; nodemend images pin prevents
    it.
    The nodes have up to 3 other images each. Pass --all to list them.

    UNKNOWN  1 of 100 nodes could not be checked
      not reachable: silent-1
        The images on the node could not be listed.
        Check that the node is running and reachable over the network.

    6 of 100 nodes lack images that they need. The images of 1 node could not be
    listed.
    "
  `);
});

test.each([30, 40, 60, 80, 120])('in %d columns no name is cut, in both languages', async (columns) => {
  for (const lang of ['en', 'ko']) {
    const { data } = await list(cluster, ['--lang', lang], columns);

    expect(data.split('\n').filter((line) => displayWidth(line) > columns)).toEqual([]);
    for (const name of [proxyName, pauseName, 'worker-[1-90]', 'old-[1-6]', 'docker-[1-3]', 'silent-1'])
      expect(data.replaceAll(/\s/gu, '')).toContain(name);
  }
});

test('-o wide: a row for each node and image, with the reason where nothing is known', async () => {
  const { data } = await list(cluster, ['-o', 'wide']);
  const rows = data.trimEnd().split('\n').slice(1);

  expect(rows).toHaveLength(99 * 2 + 1);
  expect(rows.find((row) => row.startsWith('worker-90 ') && row.includes('pause'))).toMatch(
    /complete +pinned .*sha256:[0-9a-f]{64} +- +sandbox$/u,
  );
  expect(rows.find((row) => row.startsWith('old-6 ') && row.includes('pause'))).toMatch(/ missing +- /u);
  expect(rows.find((row) => row.startsWith('silent-1 '))).toMatch(/kube-proxy\S+ +unknown/u);
});

test('-o json says of each node what it needs, what it has and what may become of it', async () => {
  const { data } = await list(cluster, ['-o', 'json']);
  const document = JSON.parse(data) as { readonly nodes: readonly { readonly name: string }[] };
  const node = (name: string): unknown => document.nodes.find((one) => one.name === name);

  expect(document).toMatchObject({ schema: 'nodemend.dev/images/v1', exitCode: 3, pods: 'seen' });
  expect(node('worker-1')).toMatchObject({
    state: 'seen',
    runtime: 'containerd',
    platform: 'linux/amd64',
    pins: 'honoured',
    images: [
      {
        name: proxyName,
        alwaysPulled: true,
        content: 'whole',
        neededBy: [{ by: 'pod', name: 'kube-system/kube-proxy' }],
      },
      {
        neededBy: [{ by: 'sandbox' }],
        content: 'whole',
        found: { pin: 'pinned', collection: expect.any(String) as string },
      },
    ],
  });
  expect(node('silent-1')).toMatchObject({
    state: 'unknown',
    reason: 'unreachable',
    sandbox: { image: null },
    images: [{ name: proxyName, content: 'unknown' }],
  });
});

test('--all lists what nothing needs, too', async () => {
  const one = fixture({ runtime: 'containerd-2.4.2' });
  const names = async (words: readonly string[]): Promise<readonly string[]> =>
    (await list(one, ['-o', 'name', ...words])).data.trimEnd().split('\n');
  const [needed, all] = [await names([]), await names(['--all'])];

  expect(needed).toHaveLength(1);
  expect(all.length).toBeGreaterThan(3);
  expect(all).toEqual(expect.arrayContaining([...needed]));
});

test('markdown says the same', async () => {
  const { data } = await list(cluster, ['-o', 'markdown']);

  expect(data).toContain(`| \`${proxyName}\` |`);
  expect(data).toMatch(/^\| 1 \| `worker-\[1-90\]` \| 90 nodes, containerd, pins are honored \|$/mu);
  expect(data).toContain('**6 of 100 nodes lack images that they need. The images of 1 node could not be listed.**');
});

test('unfinished downloads are told, with the nodes that have them', async () => {
  const { data } = await list(
    fixture({ images: (text) => `${text}download 1048576 layer-sha256:${'a'.repeat(64)}\n` }),
  );

  expect(data).toContain('Downloads that have not finished, 1 MiB in total, are on: worker-1.');
});

/** Whatever a diagnosis calls unknown about what is there is never all right here. */
test.each([
  ['pass-images-fine', 0],
  ['pass-images-fine-docker', 0],
  ['pass-images-fine-unprotected', 0],
  ['warn-pin-ignored', 0],
  ['warn-tag-moved', 0],
  ['warn-tag-replaced', 0],
  ['unknown-tag-unknown', 5],
  ['fail-sandbox-image-missing', 3],
  ['fail-sandbox-image-missing-half', 3],
  ['fail-base-image-missing', 3],
  ['warn-base-image-absent', 3],
  ['unknown-node-unknown', 5],
  ['unknown-node-unknown-client', 5],
  ['unknown-sandbox-unknown', 5],
  ['unknown-pods-unknown', 5],
  ['not-looked-at-node-not-looked-at', 5],
  ['unknown-risk-unknown', 0],
])('%s: exit code %d', async (name, code) => {
  const evidence = states[name];
  if (evidence === undefined) throw new Error(name);
  const end = await list(evidence);

  expect(end.code, end.data).toBe(code);
  if (code !== 0) expect(end.data).not.toContain('All base images');
});

test.each([
  ['warn-tag-replaced', 'other', 'R', 'another runs'],
  ['unknown-tag-unknown', 'unknown', 'r', 'unknown whether another runs'],
] as const)(
  '%s: a tag that its containers were started by, and that was moved since',
  async (name, state, sign, words) => {
    const evidence = states[name]!;
    const { data } = await list(evidence, ['-o', 'json']);
    const { nodes } = JSON.parse(data) as { readonly nodes: readonly { readonly images: readonly object[] }[] };

    expect(nodes[0]?.images).toMatchObject([
      { name: proxyName, tagReplaced: { state, running: expect.stringContaining('sha256:') as string } },
      { name: pauseName },
    ]);
    expect(nodes[0]?.images[1]).not.toHaveProperty('tagReplaced');
    const matrix = (await list(evidence)).data;
    expect(matrix).toMatch(new RegExp(`kube-proxy:\\S+ +\\+!?${sign} `, 'u'));
    expect(matrix).toContain(`; ${sign} `);
    expect((await list(evidence, ['-o', 'wide'])).data).toMatch(new RegExp(` ${words} +kube-system/kube-proxy$`, 'mu'));
  },
);

test('without a way to nodes it is said which there is', async () => {
  const end = await runInProcess(['images', 'list', '--kubeconfig', '/dev/null']);

  expect(end.error).toMatchObject({ code: expect.stringMatching(/^(?:ACCESS_NOT_ASKED|KUBECONFIG_\w+)$/u) as string });
});

test('what only this command asks is named by a diagnosis, and makes no node less fine', async () => {
  const bundle = join(folder, 'dropped.json');
  writeFileSync(bundle, JSON.stringify(states['not-looked-at-snapshots-not-looked-at']));
  const { code, data } = await runInProcess(['diagnose', '--bundle', bundle]);

  expect(code, data).toBe(0);
  expect(data.replaceAll(/\s+/gu, ' ')).toContain(
    'Not looked at: whether images whose layers containerd drops are still unpacked on 1 of the nodes (run nodemend images list).',
  );
});

test('an image that has nothing but its id leaves room for the nodes, and is told in full where there is room', async () => {
  const untagged = fixture([
    {
      name: 'worker-1',
      runtime: 'containerd-2.4.2',
      images: (text) => text.replaceAll(/ registry\.k8s\.io\/pause[:@].*$/gm, ` ${'sha256:'}${'0'.repeat(64)}`),
    },
  ]);
  const narrow = await list(untagged, ['--all']);
  const wide = await list(untagged, ['--all', '-o', 'wide'], 300);

  expect(narrow.data).toContain(`\nsha256:${'0'.repeat(12)}…  `);
  expect(narrow.data).toMatch(/^1 {2}1 node, containerd/mu);
  expect(wide.data).toContain('0'.repeat(64));
});
