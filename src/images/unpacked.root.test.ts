import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveOf, bareIndexArchive, makeImage, type MadeImage } from '../../test/chroot/image-archive.ts';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import removeContent from '../../testbed/remove-content.sh?raw';
import type { NodeEvidence } from '../evidence/evidence.ts';
import type { Fact } from '../evidence/fact.ts';
import { startProbe } from '../evidence/probe/testing/run-probe.ts';
import { containerdContent } from '../runtimes/containerd/content.ts';
import { containerdImages } from '../runtimes/containerd/images.ts';
import { containerdRegistries } from '../runtimes/containerd/registries.ts';
import { containerdUnpacked } from '../runtimes/containerd/unpacked.ts';
import { runningDaemons } from '../runtimes/running.ts';
import { missingImages } from '../problems/base-images/missing.ts';
import { unobservedSnapshots } from '../problems/base-images/unobserved-snapshots.ts';
import { listedImages } from './listed-images.ts';
import type { NeededImage } from './needed-images.ts';
import type { NodeImages } from './node-images.ts';
import type { NodeView } from './node-view.ts';
import { presenceOn } from './presence.ts';
import { runtimeView } from './runtime-view.ts';

/** A real containerd, with another snapshotter than the default one. Its images have one layer each. */
let root: PrivateRoot;
const facts = [containerdRegistries, containerdImages, containerdContent, containerdUnpacked, runningDaemons];
const nameOf = (image: string): string => `a.test/${image}:1`;
const [kept, dropped, lost, broken] = ['kept', 'dropped', 'lost', 'broken'].map(nameOf) as [
  string,
  string,
  string,
  string,
];

const configuration = (lines: string): string => `version = 2
root = "/srv/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
${lines}
`;

beforeAll(async () => {
  root = await createPrivateRoot();
  root.run('mkdir -p /srv/containerd /etc/containerd; mount -t tmpfs -o mode=0755 images /srv/containerd');
  start('discard_unpacked_layers = false');
  for (const name of [kept, dropped, lost, broken]) {
    const file = join(root.shared, 'image.tar');
    writeFileSync(file, archiveOf(name, makeImage(Buffer.from(name))).archive);
    root.run('ctr -n k8s.io images import --snapshotter native "$1" >/dev/null', file);
  }
  // Of what is left only labels tell that a snapshot of the lost one was there.
  for (const name of [dropped, lost]) remove(blobOf(name, 'layers'));
  root.run(`ctr -n k8s.io snapshots --snapshotter native rm "$(${blobOf(lost, 'layers')})"`);
});
afterAll(() => root.close());

/** Starts it again with these lines. */
function start(lines: string): void {
  root.run(
    `[ ! -s /srv/pid ] || { kill "$(cat /srv/pid)"; while [ -e "/proc/$(cat /srv/pid)" ]; do sleep 0.05; done; }
    printf '%s' "$1" >/etc/containerd/config.toml; touch -d '1 hour ago' /etc/containerd/config.toml
    containerd </dev/null >/srv/log 2>&1 & echo $! >/srv/pid
    n=0; until ctr version >/dev/null 2>&1; do n=$((n + 1)); [ "$n" -lt 300 ] || { tail -5 /srv/log >&2; exit 1; }; sleep 0.1; done`,
    configuration(lines),
  );
}

/** @param blob prints its digest */
function remove(blob: string): void {
  root.run(`set -- /srv/containerd "$(${blob})"\n${removeContent}`);
}

/** The layer of an uncompressed image is also the name of its snapshot. */
function blobOf(name: string, part: 'layers' | 'config'): string {
  const digest = `ctr -n k8s.io images ls "name==${name}" | awk 'NR == 2 { print $3 }'`;
  return `ctr -n k8s.io content get "$(${digest})" | sed 's/.*"${part}":[^]}]*"digest":"\\([^"]*\\)".*/\\1/'`;
}

/** The node as it is now; to a diagnosis without what it does not ask. */
async function probed(facts: readonly Fact<unknown>[]): Promise<NodeEvidence> {
  const { reply } = await startProbe(root.enter, ['dash'], facts, 60).done;
  const sections = [...reply.sections].map(([key, { exitCode, output }]) => {
    const value = {
      exitCode: exitCode ?? 0,
      encoding: 'utf8',
      output: Buffer.from(output).toString(),
      truncated: false,
      errors: '',
    };
    return [key, { state: 'seen', value }] as const;
  });
  return {
    name: 'a',
    address: '',
    api: { state: 'not-looked-at', enable: '' },
    access: { state: 'not-looked-at', enable: '' },
    sections: Object.fromEntries(sections),
  } as NodeEvidence;
}

function storeOn(node: NodeEvidence): NodeImages {
  const { store } = runtimeView(node, undefined);
  if (store.state !== 'seen') throw new Error(JSON.stringify([store, node.sections]));
  return store.value;
}

/** What a list of the images says of each: how whole it is, and whether it is unpacked. */
async function listed(): Promise<Readonly<Record<string, unknown>>> {
  const node = await probed(facts);
  const from = {
    store: storeOn(node),
    keeping: { pins: 'honoured', kubeletsSandbox: undefined },
    presenceOf: presenceOn(node, 'containerd'),
  } as const;
  return Object.fromEntries(
    listedImages([], from, true).map(({ name, content, found }) => [name, [content, found?.presence.unpacked]]),
  );
}

const startsOf = (images: Readonly<Record<string, unknown>>): readonly unknown[] =>
  [kept, dropped, lost].map((name) => images[name]);

test('a snapshot that is lost is known as lost, whatever labels say and whatever drops layers', async () => {
  const theirs = root.run('ctr -n k8s.io images check --snapshotter native');
  expect(theirs).toMatch(/a\.test\/lost:1 .* incomplete .* false/u);
  expect(root.run(`ctr -n k8s.io content ls | grep -c 'gc.ref.snapshot.native'`).trim()).toBe('4');
  const all = [
    ['whole', true],
    ['without-layers', true],
    ['half', false],
  ];

  expect(startsOf(await listed())).toEqual(all);
  start('discard_unpacked_layers = true');
  expect(startsOf(await listed())).toEqual(all);
});

test('a part of an index that names no platform is for what its configuration says, to containerd as to us', async () => {
  const [own, others] = ['amd64', 'arm64'].map((architecture) =>
    makeImage(Buffer.from('a part'), { architecture }),
  ) as [MadeImage, MadeImage];
  const indexes = { bare: [own], foreign: [others], both: [others, own] };
  for (const [name, parts] of Object.entries(indexes)) {
    const file = join(root.shared, 'image.tar');
    writeFileSync(file, bareIndexArchive(nameOf(name), ...parts));
    root.run('ctr -n k8s.io images import --no-unpack --all-platforms "$1" >/dev/null', file);
  }
  const theirs = (name: string): string =>
    root.run('ctr -n k8s.io images check --snapshotter native "name==$1" 2>&1 || :', nameOf(name));
  expect(theirs('bare')).toContain('complete (2/2)');
  // It looks at the first that it finds.
  for (const name of ['foreign', 'both']) expect(theirs(name)).toContain('no match for platform');
  const images = await listed();
  root.run('ctr -n k8s.io images rm --sync "$@"', ...Object.keys(indexes).map(nameOf));

  expect(Object.keys(indexes).map((name) => images[nameOf(name)])).toEqual([
    ['whole', false],
    ['other-platform', undefined],
    ['unknown', undefined],
  ]);
});

test('what is coming, or was left by a pull that was interrupted, is told until it is whole', async () => {
  const downloads = async (): Promise<unknown> => storeOn(await probed(facts)).downloads;
  // ctr writes what fills its buffer of a mebibyte.
  const half = [{ bytes: 1_048_576, what: expect.stringContaining('a.test/coming') as unknown }];
  root.run(
    `mkfifo /srv/coming
    ctr -n k8s.io content ingest a.test/coming </srv/coming >/dev/null 2>&1 & echo $! >/srv/ctr.pid
    { head -c 1100000 /dev/zero; exec sleep 600; } </dev/null >/srv/coming 2>&1 & echo $! >/srv/sender.pid
    n=0; until [ "$(stat -c %s /srv/containerd/io.containerd.content.v1.content/ingest/*/data 2>/dev/null)" = 1048576 ]; do
      n=$((n + 1)); [ "$n" -lt 300 ] || exit 1; sleep 0.05
    done`,
  );
  expect(await downloads()).toEqual(half);
  root.run('kill -KILL "$(cat /srv/ctr.pid)" "$(cat /srv/sender.pid)"');
  expect(await downloads()).toEqual(half);
  // Its next pull goes on with it.
  root.run('head -c 1100000 /dev/zero >/srv/whole; ctr -n k8s.io content ingest a.test/coming </srv/whole');
  expect(await downloads()).toEqual([]);
});

test('a diagnosis, which starts ctr once, knows what it did not ask: whether those without layers are unpacked', async () => {
  const needed = [kept, dropped, lost].map((name): NeededImage => ({ name, wanted: [], isAlwaysPulled: false }));
  const lacking = async (): Promise<unknown> => {
    const node = await probed(facts.filter((fact) => fact !== containerdUnpacked));
    const store = storeOn(node);
    const missing = missingImages({ needed, node } as unknown as NodeView, store, new Map());
    return { missing: missing.map(({ image }) => image.name), unobserved: unobservedSnapshots({ needed }, store) };
  };

  expect(await lacking()).toEqual({ missing: [], unobserved: [dropped, lost] });
  start('discard_unpacked_layers = false');
  expect(await lacking()).toEqual({ missing: [lost], unobserved: [] });
});

test('of one without a configuration nothing can be found out, and of the others still', async () => {
  remove(blobOf(broken, 'config'));
  const images = await listed();

  expect(images[lost]).toEqual(['half', false]);
  expect(images[broken]).toEqual(['half', undefined]);
});

test('in which of several snapshotters they are is not known, nor in that of a configuration changed since', async () => {
  const unknown = [
    ['whole', undefined],
    ['unknown', undefined],
    ['unknown', undefined],
  ];
  start(
    'discard_unpacked_layers = true\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]\nsnapshotter = "devmapper"',
  );
  expect(startsOf(await listed())).toEqual(unknown);
  start('discard_unpacked_layers = true');
  root.run(
    "sed -i 's/native/overlayfs/' /etc/containerd/config.toml; touch -d '10 seconds' /etc/containerd/config.toml",
  );
  expect(startsOf(await listed())).toEqual(unknown);
});
