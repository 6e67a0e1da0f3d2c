import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ContainerdNode } from '../../../test/chroot/containerd-node.ts';
import { startFaultyRegistry, type FaultyRegistry } from '../../../test/chroot/faulty-registry.ts';
import { contextOf, lock, perform, run } from '../../../test/chroot/file-fixture.ts';
import { archiveOf, digestOf, makeImage, manifestType, type MadeImage } from '../../../test/chroot/image-archive.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../test/chroot/local-registry.ts';
import { buildModule } from '../../../testbed/go/go-module.ts';
import { containerd2 } from '../../../testbed/go/modules.ts';
import { createAuthority, type Authority } from '../../kubernetes/testing/authority.ts';
import type { Donor } from '../../engine/images/donor.ts';
import { unpackedFiles } from '../../engine/images/unpacked-files.ts';
import type { ActionContext, StepResult } from '../action.ts';
import type { ImageAction, RegistrySource } from './image-action.ts';
import { imageKind } from './image.ts';
import { fetchSteps } from './registry-source.ts';
import { expectTold, partsOf } from './testing/pulled-parts.ts';
import { someImage } from './testing/some-image.ts';

/** Pulls from a real registry, by containerd 1.6 and 2 with the plugin that kubelet asks. */
let registry: LocalRegistry;
let faulty: FaultyRegistry;
let authority: Authority;
beforeAll(async () => {
  authority = await createAuthority('registries');
  registry = await startLocalRegistry(
    await authority.issue({ commonName: 'registry', ip: ['127.0.0.1'], dns: ['mirror.example.com'] }),
  );
  faulty = await startFaultyRegistry(registry.host);
}, 300_000);
afterAll(async () => {
  await faulty?.close();
  await registry?.close();
});

const name = 'registry.k8s.io/pause:3.6';
const repository = 'base/pause';
const small = makeImage();
const large = makeImage(randomBytes(2_000_000));

function pulled(
  host: string,
  { digest }: MadeImage = small,
  change: Partial<RegistrySource> = {},
): ImageAction & { readonly source: RegistrySource } {
  const reference = `${host}/${repository}@${digest}`;
  const source = { from: 'registry', reference, hosts: 'plain-http', ...change } as const;
  const room = { path: '/var/lib/containerd', needed: 12_000, keepFree: 1_000_000 };
  return { ...someImage({ digest, bytes: 3000, room }), source };
}

describe.each(['1.6', '2'])('containerd %s', (version) => {
  let node: ContainerdNode;
  let context: ActionContext;
  beforeAll(async () => {
    await registry.push(small, repository);
    await registry.push(large, repository);
    const options = { environment: process.env, report: () => undefined };
    const programs = version === '2' ? { programs: await buildModule(containerd2, options) } : {};
    node = new ContainerdNode('worker-1', 'dash', { disk: '16m', cri: true, ...programs });
  }, 300_000);
  afterAll(() => node?.remove());
  beforeEach(async () => {
    for (const record of node.records()) node.images('rm', '--sync', record.name);
    rmSync(node.path('var/lib/nodemend'), { recursive: true, force: true });
    context = contextOf(node);
    faulty.fault = {};
    await lock(node);
  });

  const inside = (...args: readonly string[]): string =>
    node.outside('chroot', node.root, 'ctr', '--namespace', 'k8s.io', ...args);
  const names = (): readonly string[] => node.records().map((record) => record.name);
  /** Blobs, and what of downloads takes more than a block: what a wrong manifest said stays for a day. */
  const content = (): string => {
    const store = node.path('var/lib/containerd/io.containerd.content.v1.content');
    return node.outside('find', store, '-type', 'f', '(', '-path', '*/blobs/*', '-o', '-size', '+4k', ')');
  };

  /** It says no, with this code and words, and the node is as it was. */
  async function refusesToPull(spec: ImageAction, code: string, words: RegExp, given = context): Promise<void> {
    const before = names();
    const [prepare, fetch] = imageKind.apply(spec);
    expect(await prepare?.perform(given)).toMatchObject({ outcome: 'done' });
    const result = (await fetch?.perform(given)) as Extract<StepResult, { outcome: 'refused' }>;
    expect(result).toMatchObject({ outcome: 'refused', code });
    expect(result.detail).toMatch(words);
    expect(names()).toEqual(before);
    await perform(imageKind.undo(spec), given);
    expect([names(), readdirSync(node.path(`var/lib/nodemend/runs/${run}`))]).toEqual([before, []]);
  }

  test('an image is pulled, named and taken in by CRI; after an undo nothing of it is left', async () => {
    const spec = pulled(registry.host);
    expect(await perform(imageKind.apply(spec), context)).toEqual([
      'prepare done',
      'fetch done',
      'name done',
      'verify done',
    ]);
    expect(names()).toEqual([name, expect.stringMatching(/^sha256:/u)]);
    expect(node.records()[0]).toMatchObject({
      digest: small.digest,
      labels: `io.cri-containerd.image=managed,nodemend.dev/run=${run}`,
    });
    expect(await imageKind.verify(spec)[0]?.perform(context)).toEqual({
      outcome: 'done',
      detail: `${name} is whole, and kubelet is told of it`,
    });
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect([names(), content()]).toEqual([[], '']);
  });

  test('a password goes to ctr by a terminal: no argument and no file has it', async () => {
    const { user, password } = registry.login;
    const spec = pulled(registry.closedHost, small, { login: { user } });
    await refusesToPull(spec, 'IMAGE_PASSWORD_MISSING', /robot\$pull/u);
    const wrong = { ...context, secret: () => 'wr0ng' };
    await refusesToPull(spec, 'IMAGE_FETCH_FAILED', /authorization failed|401 Unauthorized/u, wrong);

    await lock(node);
    rmSync(node.path('var/lib/nodemend/runs'), { recursive: true, force: true });
    // What ctr is called with, and what is in the run's folder meanwhile.
    renameSync(node.path('usr/bin/ctr'), node.path('usr/bin/ctr.real'));
    writeFileSync(
      node.path('usr/bin/ctr'),
      '#!/bin/sh\nprintf "%s\\n" "$*" >>/tmp/seen\ngrep -r "" /var/lib/nodemend >>/tmp/seen\nexec /usr/bin/ctr.real "$@"\n',
      { mode: 0o755 },
    );
    const given = { ...context, secret: (action: string) => (action === spec.id ? password : undefined) };
    const outcomes = await perform(imageKind.apply(spec), given);
    renameSync(node.path('usr/bin/ctr.real'), node.path('usr/bin/ctr'));
    expect(outcomes).toEqual(['prepare done', 'fetch done', 'name done', 'verify done']);
    const seen = readFileSync(node.path('tmp/seen'), 'utf8');
    expect(seen).toContain(`--user ${user}`);
    expect(seen).not.toContain(password);
    expect(await perform(imageKind.undo(spec), given)).toEqual(['undo done']);
  });

  test('as the runtime is configured: by its mirror, trusting its own authority, and no other way', async () => {
    const folder = '/etc/containerd/certs.d';
    const hosts = `${folder}/registry.example.com`;
    mkdirSync(node.path(hosts), { recursive: true });
    const mirror = (ca: string): void =>
      writeFileSync(
        node.path(`${hosts}/hosts.toml`),
        `server = "https://127.0.0.1:1"\n[host."https://${registry.tlsHost}"]\n${ca}`,
      );
    const { user, password } = registry.login;
    const login = { hosts: 'runtime', hostsFolder: folder, login: { user } } as const;
    const spec = pulled('registry.example.com', small, login);
    const given = { ...context, secret: () => password };
    mirror('');
    await refusesToPull(spec, 'IMAGE_FETCH_FAILED', /certificate signed by unknown authority/u, given);

    await lock(node);
    rmSync(node.path('var/lib/nodemend/runs'), { recursive: true, force: true });
    writeFileSync(node.path(`${hosts}/ca.pem`), authority.certificate);
    mirror(`  ca = "${hosts}/ca.pem"\n`);
    expect(await perform(imageKind.apply(spec), given)).toEqual([
      'prepare done',
      'fetch done',
      'name done',
      'verify done',
    ]);
    expect(await perform(imageKind.undo(spec), given)).toEqual(['undo done']);

    // Where the runtime has no such folder, nothing of it is used.
    await lock(node);
    rmSync(node.path('var/lib/nodemend/runs'), { recursive: true, force: true });
    const { hostsFolder: _, ...without } = login;
    await refusesToPull(
      pulled('registry.example.com', small, without),
      'IMAGE_FETCH_FAILED',
      /lookup registry/u,
      given,
    );
  });

  test('as an endpoint of the old tables: by its own authority, and nothing where that is not the one', async () => {
    writeFileSync(node.path('etc/mirror.pem'), authority.certificate);
    // What is called an address of the loopback ctr asks without TLS.
    const mirror = registry.tlsHost.replace('127.0.0.1', 'mirror.example.com');
    writeFileSync(node.path('etc/hosts'), '127.0.0.1 mirror.example.com\n');
    const { user, password } = registry.login;
    const at = { hosts: 'runtime', login: { user } } as const;
    const given = { ...context, secret: () => password };
    await refusesToPull(pulled(mirror, small, at), 'IMAGE_FETCH_FAILED', /unknown authority/u, given);

    await lock(node);
    rmSync(node.path('var/lib/nodemend/runs'), { recursive: true, force: true });
    const spec = pulled(mirror, small, { ...at, tls: { ca: '/etc/mirror.pem' } });
    expect((await perform(imageKind.apply(spec), given)).at(-1)).toBe('verify done');
    expect(await perform(imageKind.undo(spec), given)).toEqual(['undo done']);
  });

  test('a pull tells each second how much of what was lacking is there', async () => {
    const below = makeImage(randomBytes(500_000));
    const image = makeImage(randomBytes(3_000_000), { on: below });
    for (const one of [below, image]) await registry.push(one, repository);
    await perform(imageKind.apply(pulled(registry.host, below)), context);
    rmSync(node.path('var/lib/nodemend'), { recursive: true });
    await lock(node);

    faulty.fault = { bytesPerSecond: 700_000 };
    const spec = { ...pulled(faulty.host, image, { parts: partsOf(image) }), image: 'registry.k8s.io/above:1' };
    const told: number[][] = [];
    const progress = (bytes: number, of: number): void => void told.push([bytes, of]);
    expect((await perform(imageKind.apply(spec), { ...context, progress })).at(-1)).toBe('verify done');
    expectTold(told, image);
  });

  test('what others than root could have made tells nothing, and the image comes', async () => {
    const store = node.path('var/lib/containerd');
    const told: number[] = [];
    const given = { ...context, progress: (bytes: number): void => void told.push(bytes) };
    node.outside('chmod', '1777', store);
    const spec = pulled(registry.host, small, { parts: partsOf(small) });
    const outcomes = await perform(imageKind.apply(spec), given);
    node.outside('chmod', '711', store);
    expect([outcomes.at(-1), told]).toEqual(['verify done', []]);
  });

  test('a pull goes on when nobody listens any more', async () => {
    const image = makeImage(randomBytes(1_000_000));
    await registry.push(image, repository);
    faulty.fault = { bytesPerSecond: 600_000 };
    const spec = pulled(faulty.host, image, { parts: partsOf(image) });
    const { connection } = context;
    // It hears one line.
    const exec: typeof connection.exec = (request) =>
      connection.exec({ ...request, script: `exec 3>&1\n{\n${request.script}\n} | head -n 1 >&3` });
    const [prepare, fetch] = imageKind.apply(spec);
    await prepare?.perform(context);
    const deaf = { ...context, connection: { ...connection, exec } };
    await expect(fetch?.perform(deaf)).rejects.toMatchObject({ code: 'NODE_SCRIPT_DIED' });
    expect(node.records()[0]?.digest).toBe(image.digest);
    // Nothing comes twice.
    faulty.fault = { layer: 'silent' };
    expect((await perform(imageKind.apply(spec), context)).at(-1)).toBe('verify done');
  });

  test('a registry that wants a token gets one by the password', async () => {
    const { user, password } = registry.login;
    faulty.fault = { tokenFor: { user, password } };
    const spec = pulled(faulty.host, small, { login: { user } });
    const outcomes = await perform(imageKind.apply(spec), { ...context, secret: () => password });
    expect(outcomes.at(-1)).toBe('verify done');
  });

  test.each<readonly [string, FaultyRegistry['fault'], RegExp]>([
    ['another image’s manifest', { otherManifest: small.digest }, /unexpected commit digest|digest/u],
    ['half a layer', { layer: 'half' }, /EOF/u],
    ['nothing more in the middle of a layer', { layer: 'silent' }, /the last \d+ without progress/u],
  ])('of %s nothing is left', async (_, fault, words) => {
    faulty.fault = fault;
    // One that is killed below a terminal is known to be, too.
    const spec = pulled(faulty.host, large, fault.layer === 'silent' ? { login: registry.login } : {});
    const [prepare] = imageKind.apply(spec);
    expect(await prepare?.perform(context)).toMatchObject({ outcome: 'done' });
    const [fetch] = fetchSteps(spec, spec.source, { patience: 6, total: 60 });
    const result = await fetch?.perform({ ...context, secret: () => registry.login.password });
    expect(result).toMatchObject({ outcome: 'refused', code: 'IMAGE_FETCH_FAILED' });
    expect((result as Extract<StepResult, { outcome: 'refused' }>).detail).toMatch(words);
    expect([names(), content()]).toEqual([[], '']);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo already']);
  });

  test('a pull that ends by itself in the moment in which it is given up takes no lease of others with it', async () => {
    const stand = (tool: string, script: string): void => {
      renameSync(node.path(`usr/bin/${tool}`), node.path(`usr/bin/${tool}.real`));
      writeFileSync(node.path(`usr/bin/${tool}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    };
    stand('cat', 'case "$*" in */fetch/pid) sleep 1 ;; esac\nexec cat.real "$@"');
    stand(
      'ctr',
      `case " $* " in *' pull --help '*) exec ctr.real "$@" ;; *' images pull '*) ;; *) exec ctr.real "$@" ;; esac
until [ -s "$nm_fetch/stopped" ]; do sleep 0.1; done
ctr.real -n k8s.io leases create --id kubelet
exit 1`,
    );
    const spec = pulled(faulty.host, large);
    const [prepare] = imageKind.apply(spec);
    await prepare?.perform(context);
    const [fetch] = fetchSteps(spec, spec.source, { patience: 1, total: 60 });
    const result = await fetch?.perform(context);
    for (const tool of ['cat', 'ctr']) renameSync(node.path(`usr/bin/${tool}.real`), node.path(`usr/bin/${tool}`));
    expect(result).toMatchObject({ outcome: 'refused', code: 'IMAGE_FETCH_FAILED' });
    expect(inside('leases', 'ls', '-q')).toBe('kubelet\n');
    inside('leases', 'rm', '--sync', 'kubelet');
  });

  test('of what it unpacked it has counted the files, and says nothing of what is not unpacked', async () => {
    const image = makeImage(randomBytes(1000), { on: small });
    await registry.push(image, repository);
    const donor: Donor = {
      node: 'worker-1',
      runtime: 'containerd',
      bandwidth: 0,
      connect: async () => context.connection,
    };
    expect(await unpackedFiles(donor, image.blobs[1])).toBeUndefined();
    await perform(imageKind.apply(pulled(registry.host, image)), context);
    const snapshots = node.path('var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots');
    const found = node.outside('find', snapshots, '-path', '*/fs*').split('\n').filter(Boolean);
    expect(found.length).toBeGreaterThan(2);
    expect(await unpackedFiles(donor, image.blobs[1])).toBe(found.length);
  });

  /** Leases by what they are called, with when they end by themselves. */
  const leases = (): ReadonlyMap<string, string> =>
    new Map(
      inside('leases', 'ls')
        .split('\n')
        .slice(1)
        .flatMap((line) => {
          const [id = ''] = line.split(' ');
          return id === '' ? [] : [[id, /containerd\.io\/gc\.expire=(\S+?)(?:,|\s|$)/u.exec(line)?.[1] ?? '']];
        }),
    );

  test('a pull that is given up ends no lease but its own, and where that cannot be told it ends by itself', async () => {
    const stopped = async (script: string): Promise<void> => {
      renameSync(node.path('usr/bin/ctr'), node.path('usr/bin/ctr.real'));
      const others = `case " $* " in *' pull --help '*) exec ctr.real "$@" ;; *' images pull '*) ;; *) exec ctr.real "$@" ;; esac`;
      writeFileSync(node.path('usr/bin/ctr'), `#!/bin/sh\n${others}\n${script}\n`, { mode: 0o755 });
      faulty.fault = { layer: 'silent' };
      const spec = pulled(faulty.host, large);
      const [prepare] = imageKind.apply(spec);
      await prepare?.perform(context);
      const [fetch] = fetchSteps(spec, spec.source, { patience: 3, total: 60 });
      expect(await fetch?.perform(context)).toMatchObject({ outcome: 'refused', code: 'IMAGE_FETCH_FAILED' });
      renameSync(node.path('usr/bin/ctr.real'), node.path('usr/bin/ctr'));
    };
    // Given up before it had one.
    await stopped('ctr.real -n k8s.io leases create --id kubelet >/dev/null\nexec sleep 1000');
    expect([...leases().keys()]).toEqual(['kubelet']);
    // Its own alone is new.
    await stopped('exec ctr.real "$@"');
    expect([[...leases().keys()], content()]).toEqual([['kubelet'], '']);
    // Whose of two it is cannot be known: in a day containerd ends it.
    await stopped('ctr.real -n k8s.io leases create --id other >/dev/null\nexec ctr.real "$@"');
    const own = [...leases()].filter(([id]) => id !== 'kubelet' && id !== 'other');
    expect([leases().size, own.length]).toEqual([3, 1]);
    const hours = (Date.parse(own[0]?.[1] ?? '') - Date.now()) / 3_600_000;
    expect([hours > 20, hours < 24.1]).toEqual([true, true]);
    for (const lease of leases().keys()) inside('leases', 'rm', '--sync', lease);
    expect(content()).toBe('');
  });

  test('Ctrl-C ends a pull that is under way: nothing of it stays, and the next run pulls it', async () => {
    const image = makeImage(randomBytes(4_000_000));
    await registry.push(image, repository);
    inside('leases', 'create', '--id', 'other');
    faulty.fault = { layer: 'silent' };
    const spec = pulled(faulty.host, image, { parts: partsOf(image) });
    const interrupt = new AbortController();
    const [prepare, fetch] = imageKind.apply(spec);
    await prepare?.perform(context);
    // Something of its layer has come by then.
    const progress = (bytes: number): void => {
      if (bytes > 100_000) interrupt.abort();
    };
    const pulling = fetch?.perform({ ...context, signal: interrupt.signal, progress });
    await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve));
    const since = performance.now();
    await expect(pulling).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED', params: { node: 'worker-1' } });
    expect(performance.now() - since).toBeLessThan(20_000);
    expect(await perform(imageKind.pause?.(spec) ?? [], context)).toEqual(['pause already']);
    expect([names(), [...leases().keys()], content()]).toEqual([[], ['other'], '']);
    expect(readdirSync(node.path(`var/lib/nodemend/runs/${run}`))).toEqual([]);

    inside('leases', 'rm', '--sync', 'other');
    faulty.fault = {};
    expect((await perform(imageKind.apply(spec), context)).at(-1)).toBe('verify done');
  });

  test('a disk that fills while the image comes, or while it is unpacked, keeps nothing of it', async () => {
    for (const megabytes of [20, 11]) {
      const image = makeImage(randomBytes(megabytes * 1_000_000));
      await registry.push(image, repository);
      await refusesToPull(pulled(registry.host, image), 'IMAGE_DISK_FULL', /no space left on device/u);
      expect(content()).toBe('');
    }
  });

  test('an image that takes more than was reckoned does not use up what has to stay free', async () => {
    const zeros = makeImage(Buffer.alloc(9_000_000), { isCompressed: true });
    await registry.push(zeros, repository);
    const { bavail, bsize } = statfsSync(`/proc/${node.pid}/root/var/lib/containerd`);
    const keepFree = bavail * bsize - 4_000_000;
    const room = { path: '/var/lib/containerd', needed: 100_000, keepFree };
    await refusesToPull({ ...pulled(registry.host, zeros), room }, 'IMAGE_NO_ROOM', new RegExp(String(keepFree), 'u'));
    expect(content()).toBe('');
  });

  test('an image of more small files than were estimated does not use up what has to stay free, nor the last inode', async () => {
    const free = (): number => statfsSync(`/proc/${node.pid}/root/var/lib/containerd`).ffree;
    const before = free();
    const withInodes = (image: MadeImage, keepFree: number): ImageAction => {
      const spec = pulled(registry.host, image);
      // One for each 4 KiB, as is planned where nobody knows how many files an image has.
      const inodes = { needed: Math.ceil(image.blobs[0].length / 4096), keepFree };
      return { ...spec, room: { ...spec.room, inodes } };
    };
    const emptyFiles = (count: number): MadeImage =>
      makeImage(Buffer.from(`${count}`), { isCompressed: true, emptyFiles: count });
    const [many, tooMany] = [emptyFiles(1500), emptyFiles(before + 1000)];
    for (const image of [many, tooMany]) await registry.push(image, repository);
    expect(many.blobs[0].length / 4096).toBeLessThan(1500 / 10);

    const keepFree = before - 1000;
    await refusesToPull(
      withInodes(many, keepFree),
      'IMAGE_NO_INODES',
      new RegExp(`; \\d+ are free and ${keepFree} `, 'u'),
    );
    expect([content(), before - free()]).toEqual(['', expect.closeTo(0, -1.5)]);
    await refusesToPull(withInodes(tooMany, 0), 'IMAGE_DISK_FULL', /no space left on device/u);
    expect([content(), before - free()]).toEqual(['', expect.closeTo(0, -1.5)]);
  });

  test('an image that would leave too little room is not begun', async () => {
    const spec = {
      ...pulled(registry.host),
      room: { path: '/var/lib/containerd', needed: 900_000, keepFree: 16_000_000 },
    };
    const [prepare] = imageKind.apply(spec);
    const result = await prepare?.perform(context);
    expect(result).toMatchObject({
      code: 'IMAGE_NO_ROOM',
      params: {
        bytes: 3000,
        neededBytes: 900_000,
        keepFreeBytes: 16_000_000,
        freeBytes: expect.closeTo(16_000_000, -6.3) as number,
      },
    });
    const nowhere = { ...spec, room: { ...spec.room, path: '/var/lib/elsewhere' } };
    expect(await imageKind.apply(nowhere)[0]?.perform(context)).toMatchObject({ code: 'FOLDER_MISSING' });
    expect(names()).toEqual([]);
  });

  test('a layer that was removed behind containerd comes again, under the name that is there', async () => {
    const spec = pulled(registry.host);
    await perform(imageKind.apply(spec), context);
    const layer = `var/lib/containerd/io.containerd.content.v1.content/blobs/${digestOf(small.blobs[0]).replace(':', '/')}`;
    rmSync(`/proc/${node.pid}/root/${layer}`);
    // containerd itself says that it is complete.
    expect(node.images('check', `name==${name}`)).toContain('complete (2/2)');
    expect(await imageKind.verify(spec)[0]?.perform(context)).toMatchObject({
      outcome: 'rejected',
      code: 'IMAGE_NOT_IN_FORCE',
      params: { context: 'lacking', found: expect.stringContaining('not found') as string },
    });

    rmSync(node.path('var/lib/nodemend'), { recursive: true });
    await lock(node);
    const again = { ...spec, was: small.digest };
    const before = names();
    expect(await perform(imageKind.apply(again), context)).toEqual([
      'prepare done',
      'fetch done',
      'name done',
      'verify done',
    ]);
    expect(names()).toEqual(before);
    expect(await perform(imageKind.undo(again), context)).toEqual(['undo already']);
    expect(names()).toEqual(before);
  });

  test('a registry that says of another image’s layer that it is not found takes nothing from the node', async () => {
    const other = `${registry.host}/${repository}@${large.digest}`;
    inside('images', 'pull', '--plain-http', other);
    faulty.fault = { says: `blob ${digestOf(large.blobs[0])} not found` };
    await refusesToPull(pulled(faulty.host), 'IMAGE_FETCH_FAILED', /not found/u);
    expect(node.images('check', `name==${other}`)).toContain('complete (2/2)');
  });

  test('an image that looks like another in the list of ctr, by lines in what it calls its platform, gets no name of it', async () => {
    const wanted = node.hold('good.test/pause:1');
    const line = (of: string): string => `${of} ${manifestType} ${wanted} 1.0 KiB linux/amd64 -`;
    const forged = ['amd64 -', line('evil.test/x:1'), line(name)].join('\n');
    const evil = archiveOf('evil.test/x:1', makeImage(Buffer.from('evil'), { architecture: forged }));
    writeFileSync(node.path('tmp/image.tar'), evil.archive);
    node.images('import', '--no-unpack', node.path('tmp/image.tar'));
    expect(node.images('ls', 'name==evil.test/x:1')).toMatch(new RegExp(`^evil.test/x:1 .*${wanted}`, 'mu'));
    const spec = someImage({ digest: wanted, source: { from: 'node', name: 'evil.test/x:1' } });
    expect(await imageKind.apply(spec)[0]?.perform(context)).toMatchObject({
      code: 'IMAGE_CHANGED_SINCE_PLAN',
      params: { found: `evil.test/x:1: ${evil.digest}` },
    });
  });

  test('a name that was made although ctr says that it failed goes with an undo', async () => {
    const spec = pulled(registry.host);
    const [prepare, fetch, give] = imageKind.apply(spec);
    for (const step of [prepare, fetch]) expect(await step?.perform(context)).toMatchObject({ outcome: 'done' });
    renameSync(node.path('usr/bin/ctr'), node.path('usr/bin/ctr.real'));
    const late = `#!/bin/sh
ctr.real "$@" || exit
case " $* " in *' --help '*) ;; *' images tag '*) echo 'ctr: context deadline exceeded' >&2; exit 1 ;; esac
`;
    writeFileSync(node.path('usr/bin/ctr'), late, { mode: 0o755 });
    const failed = await give?.perform(context).catch((error: unknown) => error);
    renameSync(node.path('usr/bin/ctr.real'), node.path('usr/bin/ctr'));
    expect(names()).toContain(name);
    expect(failed).toMatchObject({ code: 'RUNTIME_SILENT' });
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(names()).toEqual([]);
  });

  test('an image that is not whole on the node gives no other name', async () => {
    await perform(imageKind.apply(pulled(registry.host)), context);
    const layer = `var/lib/containerd/io.containerd.content.v1.content/blobs/${digestOf(small.blobs[0]).replace(':', '/')}`;
    const file = `/proc/${node.pid}/root/${layer}`;
    chmodSync(file, 0o644);
    writeFileSync(file, readFileSync(file).fill(0x61, 0, 1));
    rmSync(node.path('var/lib/nodemend'), { recursive: true });
    await lock(node);
    const spec = someImage({ image: 'example.test/pause:1', digest: small.digest, source: { from: 'node', name } });
    expect(await imageKind.apply(spec)[0]?.perform(context)).toMatchObject({
      code: 'IMAGE_NOT_WHOLE',
      params: { found: expect.stringContaining('unexpected digest') as string },
    });
  });

  test('a name that stands for another image by now, which was looked at before, gives none', async () => {
    await perform(imageKind.apply(pulled(registry.host)), context);
    const other = `${registry.host}/${repository}@${large.digest}`;
    inside('images', 'pull', '--plain-http', other);
    rmSync(node.path('var/lib/nodemend'), { recursive: true });
    await lock(node);
    const spec = someImage({ image: 'example.test/pause:1', digest: small.digest, source: { from: 'node', name } });
    const [prepare, give] = imageKind.apply(spec);
    expect(await prepare?.perform(context)).toMatchObject({ outcome: 'done' });
    inside('images', 'tag', '--force', other, name);
    const before = names();
    expect(await give?.perform(context)).toMatchObject({ outcome: 'refused', code: 'IMAGE_CHANGED_SINCE_PLAN' });
    expect(names()).toEqual(before);
  });

  test('a name that a container uses stays, unless its image has another', async () => {
    const spec = pulled(registry.host);
    await perform(imageKind.apply(spec), context);
    inside('containers', 'create', name, 'pod-1');
    expect(await imageKind.undo(spec)[0]?.perform(context)).toMatchObject({
      code: 'IMAGE_IN_USE',
      params: { container: 'pod-1' },
    });
    expect(await imageKind.inspect(spec, context)).toBe('applied');
    node.images('tag', name, 'example.test/pause:1');
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(names()).toEqual(['example.test/pause:1', expect.stringMatching(/^sha256:/u)]);
    inside('containers', 'rm', 'pod-1');
  });

  test('what is there keeps its labels, and its names', async () => {
    const reference = `${registry.host}/${repository}@${small.digest}`;
    await perform(imageKind.apply(pulled(registry.host)), context);
    node.images('tag', name, reference);
    node.images('label', reference, 'io.cri-containerd.pinned=pinned', 'nodemend.dev/run=');
    node.images('rm', name);
    rmSync(node.path('var/lib/nodemend'), { recursive: true });
    await lock(node);
    const before = node.records();
    const spec = pulled(registry.host);
    expect((await perform(imageKind.apply(spec), context)).at(-1)).toBe('verify done');
    expect(node.records().filter((record) => record.name !== name)).toEqual(before);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(node.records()).toEqual(before);
  });

  test('without ctr, or script for a password, nothing is begun', async () => {
    const spec = pulled(registry.closedHost, small, { login: { user: 'robot' } });
    const given = { ...context, secret: () => 'x' };
    renameSync(node.path('usr/bin/script'), node.path('tmp/script'));
    await refusesToPull(spec, 'NODE_TOOL_MISSING', /script/u, given);
    renameSync(node.path('tmp/script'), node.path('usr/bin/script'));
    await lock(node);
    renameSync(node.path('usr/bin/ctr'), node.path('tmp/ctr'));
    // What other clients of containerd there are does not help.
    writeFileSync(node.path('usr/bin/nerdctl'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await imageKind.apply(spec)[0]?.perform(given)).toMatchObject({
      code: 'RUNTIME_CLIENT_MISSING',
      params: { client: 'ctr' },
    });
    renameSync(node.path('tmp/ctr'), node.path('usr/bin/ctr'));
  });
});
