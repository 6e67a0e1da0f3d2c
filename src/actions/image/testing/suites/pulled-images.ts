import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { perform, run } from '../../../../../test/chroot/file-fixture.ts';
import { digestOf, makeImage } from '../../../../../test/chroot/image-archive.ts';
import type { Donor } from '../../../../engine/images/donor.ts';
import { unpackedFiles } from '../../../../engine/images/unpacked-files.ts';
import { imageKind } from '../../image.ts';
import { large, name, repository, small, type PullBench } from '../pull-bench.ts';
import { expectTold, partsOf } from '../pulled-parts.ts';

/** What comes to the node, and what of it is told meanwhile. */
export function pulledImagesSuite(bench: PullBench): void {
  test('an image is pulled, named and taken in by CRI; after an undo nothing of it is left', async () => {
    const { node, context, registry } = bench;
    const spec = bench.pulled(registry.host);
    expect(await perform(imageKind.apply(spec), context)).toEqual([
      'prepare done',
      'fetch done',
      'name done',
      'verify done',
    ]);
    expect(bench.names()).toEqual([name, expect.stringMatching(/^sha256:/u)]);
    expect(node.records()[0]).toMatchObject({
      digest: small.digest,
      labels: `io.cri-containerd.image=managed,nodemend.dev/run=${run}`,
    });
    expect(await imageKind.verify(spec)[0]?.perform(context)).toEqual({
      outcome: 'done',
      detail: `${name} is whole, and kubelet is told of it`,
    });
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect([bench.names(), bench.content()]).toEqual([[], '']);
  });

  test('a pull tells each second how much of what was lacking is there', async () => {
    const { context, registry, faulty } = bench;
    const below = makeImage(randomBytes(500_000));
    const image = makeImage(randomBytes(3_000_000), { on: below });
    for (const one of [below, image]) await registry.push(one, repository);
    await perform(imageKind.apply(bench.pulled(registry.host, below)), context);
    await bench.begin();

    faulty.fault = { bytesPerSecond: 700_000 };
    const spec = { ...bench.pulled(faulty.host, image, { parts: partsOf(image) }), image: 'registry.k8s.io/above:1' };
    const told: number[][] = [];
    const progress = (bytes: number, of: number): void => void told.push([bytes, of]);
    expect((await perform(imageKind.apply(spec), { ...context, progress })).at(-1)).toBe('verify done');
    expectTold(told, image);
  });

  test('what others than root could have made tells nothing, and the image comes', async () => {
    const { node, context, registry } = bench;
    const store = node.path('var/lib/containerd');
    const told: number[] = [];
    const given = { ...context, progress: (bytes: number): void => void told.push(bytes) };
    node.outside('chmod', '1777', store);
    const spec = bench.pulled(registry.host, small, { parts: partsOf(small) });
    const outcomes = await perform(imageKind.apply(spec), given);
    node.outside('chmod', '711', store);
    expect([outcomes.at(-1), told]).toEqual(['verify done', []]);
  });

  test('a pull goes on when nobody listens any more', async () => {
    const { node, context, registry, faulty } = bench;
    const image = makeImage(randomBytes(1_000_000));
    await registry.push(image, repository);
    faulty.fault = { bytesPerSecond: 600_000 };
    const spec = bench.pulled(faulty.host, image, { parts: partsOf(image) });
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

  test('of what it unpacked it has counted the files, and says nothing of what is not unpacked', async () => {
    const { node, context, registry } = bench;
    const image = makeImage(randomBytes(1000), { on: small });
    await registry.push(image, repository);
    const donor: Donor = {
      node: 'worker-1',
      runtime: 'containerd',
      bandwidth: 0,
      connect: async () => context.connection,
    };
    expect(await unpackedFiles(donor, image.blobs[1])).toBeUndefined();
    await perform(imageKind.apply(bench.pulled(registry.host, image)), context);
    const snapshots = node.path('var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots');
    const found = node.outside('find', snapshots, '-path', '*/fs*').split('\n').filter(Boolean);
    expect(found.length).toBeGreaterThan(2);
    expect(await unpackedFiles(donor, image.blobs[1])).toBe(found.length);
  });

  test('a layer that was removed behind containerd comes again, under the name that is there', async () => {
    const { node, context, registry } = bench;
    const spec = bench.pulled(registry.host);
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

    await bench.begin();
    const again = { ...spec, was: small.digest };
    const before = bench.names();
    expect(await perform(imageKind.apply(again), context)).toEqual([
      'prepare done',
      'fetch done',
      'name done',
      'verify done',
    ]);
    expect(bench.names()).toEqual(before);
    expect(await perform(imageKind.undo(again), context)).toEqual(['undo already']);
    expect(bench.names()).toEqual(before);
  });

  test('a registry that says of another image’s layer that it is not found takes nothing from the node', async () => {
    const { node, registry, faulty } = bench;
    const other = `${registry.host}/${repository}@${large.digest}`;
    bench.inside('images', 'pull', '--plain-http', other);
    faulty.fault = { says: `blob ${digestOf(large.blobs[0])} not found` };
    await bench.refusesToPull(bench.pulled(faulty.host), 'IMAGE_FETCH_FAILED', /not found/u);
    expect(node.images('check', `name==${other}`)).toContain('complete (2/2)');
  });
}
