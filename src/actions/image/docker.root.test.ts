import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectToRoot } from '../../../test/chroot/connect-to-root.ts';
import { ContainerdNode } from '../../../test/chroot/containerd-node.ts';
import { contextOf, lock, perform, run, session } from '../../../test/chroot/file-fixture.ts';
import { archiveOf, digestOf, makeImage, type MadeImage } from '../../../test/chroot/image-archive.ts';
import { startFaultyRegistry, type FaultyRegistry } from '../../../test/chroot/faulty-registry.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../test/chroot/local-registry.ts';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import { ImageArchives } from '../../engine/images/image-archives.ts';
import { sha256 } from '../../hash/sha256.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { ActionContext, StepResult } from '../action.ts';
import { lockNode } from '../node-state/node-lock.ts';
import type { ImageAction, RegistrySource } from './image-action.ts';
import { imageKind } from './image.ts';
import { fetchSteps } from './registry-source.ts';
import { expectTold, partsOf } from './testing/pulled-parts.ts';
import { someImage } from './testing/some-image.ts';

/** A real dockerd in a root of its own: pulls from a real registry, with a password; takes archives in, and gives its images. */
let registry: LocalRegistry;
let faulty: FaultyRegistry;
let root: PrivateRoot;
let connection: NodeConnection;
let folder: string;
let archives: ImageArchives;
beforeAll(async () => {
  registry = await startLocalRegistry();
  faulty = await startFaultyRegistry(registry.host);
  root = await createPrivateRoot();
  const [program = '', ...enter] = root.enter;
  const flags = [
    '--iptables=false',
    '--ip6tables=false',
    '--bridge=none',
    '--ip-forward=false',
    '--storage-driver=vfs',
    // It would try five times, and wait the longer each time.
    '--max-download-attempts=1',
  ];
  root.run('mkdir /run/docker-data && mount -t tmpfs -o size=32m images /run/docker-data');
  spawn(program, [...enter, 'dockerd', ...flags, '--data-root=/run/docker-data'], { stdio: 'ignore' });
  root.run('n=0; until docker info >/dev/null 2>&1; do n=$((n + 1)); [ "$n" -lt 200 ] || exit 1; sleep 0.1; done');
  connection = connectToRoot('worker-1', '/', root.enter);
  const [machineId = '', bootId = ''] = root.run('cat /etc/machine-id /proc/sys/kernel/random/boot_id').split('\n');
  const held = { run, session, owner: 'kim@laptop', since: '2026-11-24T09:31:00Z', takeOver: false };
  await lockNode(connection, { ...held, machineId, bootId });
  folder = mkdtempSync(join(tmpdir(), 'nodemend-docker-'));
  archives = new ImageArchives({
    folder: join(folder, 'copies'),
    connect: () => Promise.resolve(connection),
    bandwidth: 0,
    signal: new AbortController().signal,
  });
}, 300_000);
afterAll(async () => {
  await archives?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
  await root?.close();
  await faulty?.close();
  await registry?.close();
});

function contextOfDocker(): ActionContext {
  const node = { connect: () => connection, machineId: 'x' } as unknown as Parameters<typeof contextOf>[0];
  return { ...contextOf(node), archives };
}

const names = (): string => root.run('docker images --all --format "{{.Repository}}:{{.Tag}}" | sort');
/** Parts of archives that lie on a node. */
const staged = (): string => root.run('find /var/lib/nodemend -name "archive*"');

/** What brings an image of a file to docker. */
function carried(image: MadeImage, name: string): ImageAction {
  const bundle = archiveOf(name, image).archive;
  const file = join(folder, `${sha256(bundle)}.tar`);
  writeFileSync(file, bundle);
  return someImage({
    id: `image:worker-1:${name}`,
    image: name,
    digest: image.digest,
    configuration: digestOf(image.blobs[1]),
    bytes: bundle.length,
    room: { path: '/run', needed: bundle.length, keepFree: 0 },
    runtime: 'docker',
    socket: '/var/run/docker.sock',
    source: { from: 'archive', of: { file, sha256: sha256(bundle) } },
  });
}

/** Stands before the real client, on the node alone. */
const killedWhenItLoads = `#!/bin/sh
case " $* " in *' load '*) kill -9 $$ ;; esac
exec /usr/bin/docker "$@"`;

const done = ['prepare done', 'receive done', 'import done', 'name done', 'verify done'];

test('docker takes in an archive, which it knows by its configuration; after an undo nothing is left', async () => {
  const image = makeImage(Buffer.alloc(3_000_000, 'carried'));
  const spec = carried(image, 'registry.k8s.io/carried:1');
  const [prepare, receive] = imageKind.apply(spec);
  for (const step of [prepare, receive])
    expect(await step?.perform(contextOfDocker())).toMatchObject({ outcome: 'done' });
  // A client that is killed leaves what it had in no image, and the next one loads all of it.
  root.run('printf "%s\\n" "$1" >/usr/local/sbin/docker; chmod 755 /usr/local/sbin/docker', killedWhenItLoads);
  await expect(perform(imageKind.apply(spec), contextOfDocker())).rejects.toMatchObject({
    code: 'RUNTIME_CLIENT_FAILED',
  });
  root.run('rm /usr/local/sbin/docker');
  expect(names()).toBe('');

  const outcomes = await perform(imageKind.apply(spec), contextOfDocker());
  expect(outcomes).toEqual(['prepare done', 'receive already', 'import done', 'name done', 'verify done']);
  expect([names(), staged()]).toEqual(['registry.k8s.io/carried:1\n', '']);
  expect(root.run('docker image inspect --format "{{.Id}}" "$1"', spec.image)).toBe(`${digestOf(image.blobs[1])}\n`);
  expect(await imageKind.inspect(spec, contextOfDocker())).toBe('applied');
  expect(await perform(imageKind.undo(spec), contextOfDocker())).toEqual(['undo done']);
  expect([names(), staged()]).toEqual(['', '']);
});

/** Stands before the real client, and says of the store what a real docker 26.1.5 with containerd's said. */
const containerdsStore = `#!/bin/sh
case " $* " in *' info '*) echo '[["driver-type","io.containerd.snapshotter.v1"]]'; exit ;; esac
exec /usr/bin/docker "$@"`;

test('of a docker that keeps its images in containerd’s image store nothing is changed', async () => {
  root.run('printf "%s\\n" "$1" >/usr/local/sbin/docker; chmod 755 /usr/local/sbin/docker', containerdsStore);
  const spec = carried(makeImage(), 'registry.k8s.io/other-store:1');
  const refused = await perform(imageKind.apply(spec), contextOfDocker());
  root.run('rm /usr/local/sbin/docker');
  expect(refused).toEqual(['prepare refused IMAGE_STORE_UNSUPPORTED']);
  expect([names(), staged()]).toEqual(['', '']);
});

test('of a layer that is not what the configuration says docker takes nothing', async () => {
  const [layer, config] = makeImage().blobs;
  const other = makeImage(Buffer.from('another\n')).blobs[0];
  const manifest = Buffer.from(
    makeImage()
      .blobs[2].toString()
      .replace(digestOf(layer), digestOf(other))
      .replace(`"size":${layer.length}`, `"size":${other.length}`),
  );
  const spec = carried({ digest: digestOf(manifest), blobs: [other, config, manifest] }, 'registry.k8s.io/wrong:1');
  await expect(perform(imageKind.apply(spec), contextOfDocker())).rejects.toMatchObject({
    code: 'RUNTIME_CLIENT_FAILED',
    params: { words: expect.stringContaining('invalid diffID') as string },
  });
  expect(await perform(imageKind.undo(spec), contextOfDocker())).toEqual(['undo already']);
  expect([names(), staged()]).toEqual(['', '']);
});

test('an image of docker comes to containerd, and is the same one by its configuration', async () => {
  const image = makeImage(Buffer.alloc(3_000_000, 'given'));
  const id = digestOf(image.blobs[1]);
  const given = carried(image, 'registry.k8s.io/given:1');
  expect(await perform(imageKind.apply(given), contextOfDocker())).toEqual(done);
  const { images } = await (await archives.saved({ node: 'worker-1' }, id)).images('linux/amd64');
  const node = new ContainerdNode('worker-2', 'dash');
  try {
    await lock(node);
    const spec = someImage({
      image: 'registry.k8s.io/given:1',
      digest: images[0]?.content.target.digest ?? '',
      configuration: id,
      bytes: 3_100_000,
      room: { path: '/var/lib', needed: 3_100_000, keepFree: 0 },
      source: { from: 'archive', of: { node: 'worker-1', runtime: 'docker' } },
    });
    expect(await perform(imageKind.apply(spec), { ...contextOf(node), archives })).toEqual(done);
    expect(node.records()).toMatchObject([{ name: spec.image, digest: spec.digest }]);
    const manifest = node.outside('chroot', node.root, 'ctr', '-n', 'k8s.io', 'content', 'get', spec.digest);
    expect(JSON.parse(manifest)).toMatchObject({
      config: { digest: id },
      layers: [{ digest: digestOf(image.blobs[0]) }],
    });
  } finally {
    node.remove();
  }
  expect(await perform(imageKind.undo(given), contextOfDocker())).toEqual(['undo done']);
});

test('docker pulls with a password, which stays nowhere on the node; after an undo nothing is left', async () => {
  const { user, password } = registry.login;
  const image = makeImage();
  await registry.push(image, 'base/pause');
  const reference = `${registry.closedHost}/base/pause@${image.digest}`;
  const spec = someImage({
    digest: image.digest,
    bytes: 3000,
    room: { path: '/run', needed: 12_000, keepFree: 0 },
    runtime: 'docker',
    socket: '/var/run/docker.sock',
    source: { from: 'registry', reference, hosts: 'runtime', login: { user } },
  });
  const context = (secret: string): ActionContext => ({ ...contextOfDocker(), secret: () => secret });

  const refused = await perform(imageKind.apply(spec), context('wrong'));
  expect([refused, names()]).toEqual([['prepare done', 'fetch refused IMAGE_FETCH_FAILED'], '']);
  const outcomes = await perform(imageKind.apply(spec), context(password));
  expect(outcomes).toEqual(['prepare done', 'fetch done', 'name done', 'verify done']);
  expect(names()).toContain('registry.k8s.io/pause:3.6\n');
  expect(root.run('grep -rlF "$1" /var/lib/nodemend || :', Buffer.from(`${user}:${password}`).toString('base64'))).toBe(
    '',
  );
  expect(await imageKind.inspect(spec, context(''))).toBe('applied');
  expect(await perform(imageKind.undo(spec), context(''))).toEqual(['undo done']);
  expect([names(), await perform(imageKind.undo(spec), context(''))]).toEqual(['', ['undo already']]);
});

/** Stands before the real client, and does not come back from moving a tag. */
const cutShort = `#!/bin/sh
/usr/bin/docker "$@" || exit
case " $* " in *' tag nodemend.dev/nothing:'*) exit 1 ;; esac`;

test('a name of a repository that has the image by its digest alone is given, and an undo leaves that', async () => {
  const image = makeImage(Buffer.from('by its digest'));
  const reference = await registry.push(image, 'base/by-digest');
  root.run('docker pull --quiet "$1"', reference);
  const listed = (): string =>
    root.run('docker images --all --digests --format "{{.Repository}}:{{.Tag}}@{{.Digest}}" | sort');
  const before = listed();
  const spec = someImage({
    image: reference.replace(/@.*/u, ':3.6'),
    digest: image.digest,
    configuration: digestOf(image.blobs[1]),
    room: { path: '/run', needed: 0, keepFree: 0 },
    runtime: 'docker',
    socket: '/var/run/docker.sock',
    source: { from: 'node', name: reference },
  });
  const applied = ['prepare done', 'name done', 'verify done'];
  expect(await perform(imageKind.apply(spec), contextOfDocker())).toEqual(applied);
  expect(await perform(imageKind.undo(spec), contextOfDocker())).toEqual(['undo done']);
  expect(listed()).toBe(before);

  // One that was cut short is finished by the next.
  root.run('rm -rf /var/lib/nodemend/runs');
  expect(await perform(imageKind.apply(spec), contextOfDocker())).toEqual(applied);
  root.run('printf "%s\\n" "$1" >/usr/local/sbin/docker; chmod 755 /usr/local/sbin/docker', cutShort);
  await expect(perform(imageKind.undo(spec), contextOfDocker())).rejects.toMatchObject({
    code: 'RUNTIME_CLIENT_FAILED',
  });
  root.run('rm /usr/local/sbin/docker');
  expect(listed()).toContain('nodemend.dev/nothing');
  expect(await perform(imageKind.undo(spec), contextOfDocker())).toEqual(['undo done']);
  expect(listed()).toBe(before);
  root.run('docker rmi "$1"', reference);
});

test('without a terminal docker tells nothing, and the image comes', async () => {
  const image = makeImage(Buffer.from('untold'));
  await registry.push(image, 'base/pause');
  const { source, ...untold } = pulled(registry.host, image);
  const spec = { ...untold, source: { ...source, parts: partsOf(image) } };
  const told: number[] = [];
  const progress = (bytes: number): void => void told.push(bytes);
  root.run('printf "#!/bin/sh\\nexit 1\\n" >/usr/local/sbin/script; chmod 755 /usr/local/sbin/script');
  const outcomes = await perform(imageKind.apply(spec), { ...contextOfDocker(), progress });
  root.run('rm /usr/local/sbin/script');
  expect([outcomes.at(-1), told]).toEqual(['verify done', []]);
  expect(await perform(imageKind.undo(spec), contextOfDocker())).toEqual(['undo done']);
});

/** What docker would pull from there. */
function pulled(host: string, { digest }: MadeImage): ImageAction & { readonly source: RegistrySource } {
  const source = { from: 'registry', reference: `${host}/base/pause@${digest}`, hosts: 'runtime' } as const;
  const room = { path: '/run/docker-data', needed: 12_000, keepFree: 0 };
  // A run that was undone does not begin the same again.
  const image = `registry.k8s.io/image-${digest.slice(-8)}:1`;
  const docker = { runtime: 'docker', socket: '/var/run/docker.sock' } as const;
  return { ...someImage({ id: `image:worker-1:${image}`, image, digest, bytes: 3000, room, ...docker }), source };
}

/** It says no with these words; names are as they were, and nothing of what came is kept. */
async function bringsNothing(
  spec: ReturnType<typeof pulled>,
  words: RegExp,
  code = 'IMAGE_FETCH_FAILED',
): Promise<void> {
  const [prepare] = imageKind.apply(spec);
  expect(await prepare?.perform(contextOfDocker())).toMatchObject({ outcome: 'done' });
  const [fetch] = fetchSteps(spec, spec.source, { patience: 6, total: 60 });
  const result = await fetch?.perform(contextOfDocker());
  expect(result).toMatchObject({ outcome: 'refused', code });
  expect((result as Extract<StepResult, { outcome: 'refused' }>).detail).toMatch(words);
  expect(await perform(imageKind.undo(spec), contextOfDocker())).toEqual(['undo already']);
  await expect.poll(() => root.run('find /run/docker-data -type f -size +1000k'), { timeout: 20_000 }).toBe('');
  expect(names()).toBe('');
}

test('a pull tells each second how much of what was lacking is there', async () => {
  const below = makeImage(randomBytes(500_000));
  const image = makeImage(randomBytes(3_000_000), { on: below });
  for (const one of [below, image]) await registry.push(one, 'base/pause');
  const standing = pulled(registry.host, below);
  expect((await perform(imageKind.apply(standing), contextOfDocker())).at(-1)).toBe('verify done');

  faulty.fault = { bytesPerSecond: 700_000 };
  const slow = pulled(faulty.host, image);
  const spec = { ...slow, source: { ...slow.source, parts: partsOf(image) } };
  const told: number[][] = [];
  const progress = (bytes: number, of: number): void => void told.push([bytes, of]);
  expect((await perform(imageKind.apply(spec), { ...contextOfDocker(), progress })).at(-1)).toBe('verify done');
  expectTold(told, image);
  for (const one of [spec, standing])
    expect(await perform(imageKind.undo(one), contextOfDocker())).toEqual(['undo done']);
});

test.each<readonly [string, FaultyRegistry['fault'], RegExp]>([
  // Docker asks for the other half, of a stand-in that gives no halves.
  ['half a layer', { layer: 'half' }, /byte range request|EOF/u],
  ['nothing more in the middle of a layer', { layer: 'silent' }, /the last \d+ without progress/u],
])('of %s docker keeps nothing', async (_, fault, words) => {
  const image = makeImage(randomBytes(3_000_000));
  await registry.push(image, 'base/pause');
  faulty.fault = fault;
  await bringsNothing(pulled(faulty.host, image), words);
});

test('Ctrl-C ends a pull of docker that is under way, and nothing of it stays', async () => {
  const image = makeImage(randomBytes(3_000_000));
  await registry.push(image, 'base/pause');
  faulty.fault = { layer: 'silent' };
  const spec = pulled(faulty.host, image);
  const [prepare, fetch] = imageKind.apply(spec);
  await prepare?.perform(contextOfDocker());
  const interrupt = new AbortController();
  const pulling = fetch?.perform({ ...contextOfDocker(), signal: interrupt.signal });
  const coming = (): string => root.run('find /run/docker-data/tmp -type f -size +1000k');
  await expect.poll(coming, { timeout: 20_000 }).not.toBe('');
  interrupt.abort();
  await expect(pulling).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' });
  expect(await perform(imageKind.pause?.(spec) ?? [], contextOfDocker())).toEqual(['pause already']);
  await expect.poll(coming, { timeout: 20_000 }).toBe('');
  expect(names()).toBe('');
});

test('a disk that fills while the image comes, or while docker unpacks it, keeps nothing of it', async () => {
  for (const megabytes of [40, 20]) {
    const image = makeImage(randomBytes(megabytes * 1_000_000));
    await registry.push(image, 'base/pause');
    await bringsNothing(pulled(registry.host, image), /no space left on device/u, 'IMAGE_DISK_FULL');
  }
});

test('an image that would leave docker too little room is not begun', async () => {
  const spec = pulled(registry.host, makeImage());
  const [prepare] = imageKind.apply({ ...spec, room: { ...spec.room, needed: 20_000_000, keepFree: 16_000_000 } });
  expect(await prepare?.perform(contextOfDocker())).toMatchObject({ code: 'IMAGE_NO_ROOM' });
  expect(names()).toBe('');
});
