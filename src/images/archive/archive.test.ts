import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { archiveLayout, readLayout } from './archive-layout.ts';
import { archivedImages, type ArchivedImages } from './archived-images.ts';
import { readArchive, type ReadArchiveOptions } from './read-archive.ts';
import { isSealed, sealOf } from './sealed-archive.ts';
import { sha256 } from '../../hash/sha256.ts';
import { digestOf, entriesOf, json, someImage, somePlatform, tarOf, type SomeEntry } from './testing/some-image.ts';

const image = someImage('registry.k8s.io/pause:3.6');

async function* inPieces(bytes: Buffer, size = 700): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(archive: Buffer, links: ReadArchiveOptions['links'] = 'refused'): Promise<ArchivedImages> {
  const found = await readArchive(inPieces(archive), { links });
  await isSealed(found, async (from, length) => archive.subarray(from, from + length));
  return archivedImages(found, somePlatform, async ({ at, size }) => archive.subarray(at, at + size));
}

/** What is wrong with it; `none` when it is taken. */
async function faultOf(archive: Buffer): Promise<string> {
  try {
    await read(archive);
    return 'none';
  } catch (error) {
    if (!isNodemendError(error) || error.code !== 'IMAGE_ARCHIVE_INVALID') throw error;
    return String(error.params['context']);
  }
}

const replaced = (name: string, content: SomeEntry[1]): readonly SomeEntry[] =>
  entriesOf(image).map((entry) => (entry[0] === name ? [name, content] : entry));
const layerPath = `blobs/sha256/${sha256(Buffer.alloc(1536, 'a layer '))}`;

test.each([false, true])('an image is read as it is, under an index of several platforms: %s', async (indexed) => {
  const given = someImage(image.name, { indexed });
  const { images, made } = await read(await tarOf(entriesOf(given)));
  expect(made.size).toBe(0);
  expect(images).toMatchObject([{ names: [image.name], hasManifest: true }]);
  expect(images[0]?.content).toMatchObject({ target: { digest: given.digest }, config: given.id });
  expect(images[0]?.content.blobs.map(({ digest }) => digest)).toEqual([...given.blobs.keys()].toSorted());
});

test('of an index with a newer variant before it, the image for the platform itself, as containerd takes it', async () => {
  const given = someImage(image.name, { indexed: true });
  const index = JSON.parse(String(given.blobs.get(given.digest))) as { manifests: { platform: object }[] };
  const newer = { ...index.manifests[0], platform: { os: 'linux', architecture: 'amd64', variant: 'v3' } };
  const changed = json({ ...index, manifests: [newer, ...index.manifests] });
  const blobs = new Map([...given.blobs, [digestOf(changed), changed]]);
  const { images } = await read(await tarOf(entriesOf({ ...given, digest: digestOf(changed), blobs })));
  expect(images[0]?.content).toMatchObject({ target: { digest: digestOf(changed) }, config: given.id });
});

describe('an archive that is not taken', () => {
  test.each<[string, string, SomeEntry]>([
    ['path', 'a path that leads up', ['../../etc/cron.d/x', Buffer.from('x')]],
    ['path', 'one that does so in the middle', ['blobs/../../x', Buffer.from('x')]],
    ['path', 'an absolute path', ['/etc/cron.d/x', Buffer.from('x')]],
    ['path', 'a path with a line break', ['a\nb', Buffer.from('x')]],
    ['path', 'a blob that is not named by a digest', ['blobs/sha256/xyz', Buffer.from('x')]],
    ['link', 'a symbolic link', ['x', { type: 'symlink', linkname: '/etc/shadow' }]],
    ['link', 'a link', ['x', { type: 'link', linkname: 'oci-layout' }]],
    ['device', 'a pipe', ['x', { type: 'fifo' }]],
    ['twice', 'an entry twice', ['index.json', json({ manifests: [] })]],
    ['damaged', 'a blob whose name is not its hash', [`blobs/sha256/${'0'.repeat(64)}`, Buffer.from('x')]],
  ])('%s: %s', async (fault, _, entry) => {
    expect(await faultOf(await tarOf([...entriesOf(image), entry]))).toBe(fault);
    // Where it stands makes no difference.
    expect(await faultOf(await tarOf([entry, ...entriesOf(image)]))).toBe(fault);
  });

  test('one without a layer is not whole', async () => {
    expect(await faultOf(await tarOf(entriesOf(image).filter(([name]) => name !== layerPath)))).toBe('missing');
  });

  test.each(['index.json', 'oci-layout'])('one without %s is not a layout', async (name) => {
    expect(await faultOf(await tarOf(entriesOf(image).filter((entry) => entry[0] !== name)))).toBe('layout');
  });

  test('one for another platform is told to be', async () => {
    for (const indexed of [false, true]) {
      const other = someImage(image.name, { architecture: 'arm64', indexed });
      expect(await faultOf(await tarOf(entriesOf(other)))).toBe('platform');
    }
  });

  test('an index that is not JSON, not an index, too large, or with a wrong size is told to be', async () => {
    const target = { mediaType: '', digest: image.digest, size: 7 };
    for (const [fault, content] of [
      ['json', Buffer.from('{')],
      ['json', json({ manifests: [{ digest: 'sha512:1' }] })],
      ['json', json([])],
      ['large', Buffer.alloc(4 * 1024 * 1024 + 1, ' ')],
      ['size', json({ manifests: [target] })],
      ['missing', json({ manifests: [{ ...target, digest: digestOf(Buffer.from('not here')) }] })],
    ] as const)
      expect(await faultOf(await tarOf(replaced('index.json', content)))).toBe(fault);
  });

  test('what is too large to be looked at is not read: an index by its header, a configuration by its size', async () => {
    const headers = await tarOf([['index.json', Buffer.alloc(4 * 1024 * 1024 + 1)]]);
    expect(await faultOf(headers.subarray(0, 512))).toBe('large');
    const config = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    const part = { mediaType: 'a/b', digest: digestOf(config), size: config.length };
    const manifest = json({ schemaVersion: 2, config: part, layers: [] });
    const blobs = new Map([config, manifest].map((blob) => [digestOf(blob), blob]));
    expect(await faultOf(await tarOf(entriesOf({ ...image, digest: digestOf(manifest), blobs })))).toBe('large');
  });

  test('of what stands behind a seal no more is read than its end', async () => {
    const behind: SomeEntry = ['x', Buffer.alloc(64 * 1024)];
    const sealed = await tarOf([['nodemend.sha256', Buffer.from('0')], ...entriesOf(image), behind]);
    const found = await readArchive(inPieces(sealed), { links: 'refused' });
    const asked: number[] = [];
    const sealing = isSealed(found, async (from, length) => {
      asked.push(length);
      return sealed.subarray(from, from + length);
    });
    await expect(sealing).rejects.toMatchObject({ code: 'IMAGE_ARCHIVE_INVALID' });
    expect(asked).toEqual([]);
  });

  test('two images of one name are told to be', async () => {
    const other = someImage(image.name, { layer: Buffer.from('another') });
    const entries = new Map([...entriesOf(image), ...entriesOf(other)]);
    const named = ({ digest, blobs }: typeof image, name: string) => ({
      digest,
      size: blobs.get(digest)?.length,
      annotations: { 'io.containerd.image.name': name },
    });
    const both = (name: string) => json({ manifests: [named(image, image.name), named(other, name)] });
    expect(await faultOf(await tarOf([...entries.set('index.json', both(image.name))] as SomeEntry[]))).toBe(
      'ambiguous',
    );
    expect(await faultOf(await tarOf([...entries.set('index.json', both('a.test/b:1'))] as SomeEntry[]))).toBe('none');
  });

  test('one that was cut anywhere is told to be', async () => {
    const archive = await tarOf(entriesOf(image));
    const end = archive.length - 1024;
    for (let cut = 1; cut < end; cut += 97)
      expect(['truncated', 'layout', 'missing', 'tar'], String(cut)).toContain(await faultOf(archive.subarray(0, cut)));
  });

  test('a folder that gives a size has no content, as for Go’s reader, and keeps nobody waiting', async () => {
    const archive = await tarOf([['blobs', { type: 'directory', size: 512 }], ...entriesOf(image)]);
    expect(archive.subarray(124, 135).toString()).toBe('00000001000');
    expect((await read(archive)).images).toMatchObject([{ names: [image.name] }]);
  });

  test('what is not an archive at all is told to be', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello\n'), Buffer.alloc(4096, 'x'), Buffer.alloc(4096)])
      expect(['truncated', 'layout', 'tar']).toContain(await faultOf(bytes));
    expect(await faultOf(Buffer.alloc(4096, 'x'))).toBe('tar');
  });

  test('one that is packed is told to be, and by what', async () => {
    const archive = await tarOf(entriesOf(image));
    const zeros = Buffer.alloc(600);
    for (const [what, packed] of [
      ['gzip', gzipSync(archive)],
      ['zstd', zstdCompressSync(archive)],
      ['xz', Buffer.concat([Buffer.from('\u00FD7zXZ\0', 'latin1'), zeros])],
      ['bzip2', Buffer.concat([Buffer.from('BZh9'), zeros])],
    ] as const)
      for (const size of [2, 700]) {
        const reading = readArchive(inPieces(packed, size), { links: 'refused' });
        await expect(reading).rejects.toMatchObject({ params: { context: 'compressed', what } });
      }
  });
});

async function bundle(): Promise<Buffer> {
  const content = (await read(await tarOf(entriesOf(image)))).images[0]?.content;
  if (content === undefined) throw new Error('it has no image');
  const layout = await archiveLayout([{ names: [image.name], content }]);
  const blob = (digest: string): Buffer => image.blobs.get(digest) ?? Buffer.alloc(0);
  const all = Buffer.from(
    await readLayout(layout, { from: 0, length: layout.length }, async ({ digest }, from, length) =>
      blob(digest).subarray(from, from + length),
    ),
  );
  expect(all.length).toBe(layout.length);
  // Read in parts, anywhere, it is the same.
  await fc.assert(
    fc.asyncProperty(fc.nat(layout.length), fc.nat(3_000), async (from, length) => {
      const part = await readLayout(layout, { from, length }, async ({ digest }, at, size) =>
        blob(digest).subarray(at, at + size),
      );
      expect(Buffer.from(part).equals(all.subarray(from, from + length))).toBe(true);
    }),
    { numRuns: runs(200) },
  );
  const open = all.subarray(0, all.length - 1024);
  return Buffer.concat([open, await sealOf(sha256(open))]);
}

test('a bundle that is written is read again, and one byte of it changed, wherever, is an error', async () => {
  const whole = await bundle();
  const { images } = await read(whole);
  expect(images).toMatchObject([{ names: [image.name], content: { target: { digest: image.digest } } }]);

  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ by;
      expect(await faultOf(changed)).not.toBe('none');
    }),
    { numRuns: runs(1_000) },
  );
});

describe('what dockerd before 25 saves', () => {
  const layer = Buffer.alloc(1024, 'x');
  const config = json({
    os: 'linux',
    architecture: 'amd64',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(layer), digestOf(layer)] },
  });
  const saved = (linkname: string): readonly SomeEntry[] => [
    ['aa/VERSION', Buffer.from('1.0')],
    ['aa/layer.tar', layer],
    ['bb/layer.tar', { type: 'symlink', linkname }],
    [`${sha256(config)}.json`, config],
    [
      'manifest.json',
      json([{ Config: `${sha256(config)}.json`, RepoTags: ['a/b:1'], Layers: ['aa/layer.tar', 'bb/layer.tar'] }]),
    ],
  ];

  test('is an image with the same id and a manifest of its own, a layer that it has twice among it', async () => {
    const { images, made } = await read(await tarOf(saved('../aa/layer.tar')), 'followed');
    expect(images).toMatchObject([{ names: ['a/b:1'], hasManifest: false }]);
    const content = images[0]?.content;
    expect(content?.config).toBe(digestOf(config));
    expect(content?.layers).toEqual([digestOf(layer), digestOf(layer)]);
    const manifest = made.get(content?.target.digest ?? '');
    expect(digestOf(manifest ?? Buffer.alloc(0))).toBe(content?.target.digest);
  });

  test('is not taken from anybody with its links, nor with links that lead out of it', async () => {
    await expect(read(await tarOf(saved('../aa/layer.tar')))).rejects.toMatchObject({ params: { context: 'link' } });
    for (const target of ['/etc/shadow', '../../etc/shadow', '../../../x'])
      await expect(read(await tarOf(saved(target)), 'followed')).rejects.toMatchObject({ params: { context: 'link' } });
    await expect(read(await tarOf(saved('../cc/layer.tar')), 'followed')).rejects.toMatchObject({
      params: { context: 'missing' },
    });
  });

  test('is not taken where a layer is another one than its configuration says', async () => {
    const entries = saved('../aa/layer.tar').map((entry): SomeEntry =>
      entry[0] === 'aa/layer.tar' ? [entry[0], Buffer.alloc(1024, 'y')] : entry,
    );
    await expect(read(await tarOf(entries), 'followed')).rejects.toMatchObject({ params: { context: 'damaged' } });
  });
});
