import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ContainerdNode } from '../../../../../test/chroot/containerd-node.ts';
import { contextOf, lock, perform } from '../../../../../test/chroot/file-fixture.ts';
import { archiveOf, digestOf, type MadeImage } from '../../../../../test/chroot/image-archive.ts';
import { KillingTools } from '../../../../../test/chroot/killing-tools.ts';
import { deathsDuring } from '../../../testing/deaths.ts';
import { imageKind } from '../../image.ts';
import { name, repository, small, type PullBench } from '../pull-bench.ts';
import { someImage } from '../some-image.ts';

const [layer, config, manifest] = small.blobs;
const id = digestOf(config);
const again = Buffer.from(
  JSON.stringify({ ...(JSON.parse(String(manifest)) as object), annotations: { packed: 'again' } }),
);
/** The same image, by another manifest. */
const packed: MadeImage = { digest: digestOf(again), blobs: [layer, config, again] };

/** Has the node have this by hand, and waits until CRI has moved its own name of the image to it. */
async function bring(node: ContainerdNode, as: string, image: MadeImage): Promise<void> {
  writeFileSync(node.path('tmp/image.tar'), archiveOf(as, image).archive);
  node.images('import', '--no-unpack', node.path('tmp/image.tar'));
  await vi.waitUntil(() => idAt(node) === image.digest);
}

function idAt(node: ContainerdNode): string | undefined {
  return node.records().find((record) => record.name === id)?.digest;
}

const mirrored = 'mirror.example.com/base/pause:3.6';
const fromNode = someImage({ digest: small.digest, source: { from: 'node', name: mirrored } });

/** CRI names each image by its configuration as well, and moves that name to the manifest that came last. */
export function movedIdsSuite(bench: PullBench): void {
  test('what CRI calls an image that was there, packed otherwise, is where it was after an undo, wherever the run stopped', async () => {
    const { node, context, registry } = bench;
    await bring(node, 'other.test/pause:1', packed);
    node.images('label', id, 'io.cri-containerd.pinned=pinned');
    const before = node.records();
    const spec = bench.pulled(registry.host);
    expect((await perform(imageKind.apply(spec), context)).at(-1)).toBe('verify done');
    expect(idAt(node)).toBe(small.digest);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(node.records()).toEqual(before);

    await bench.begin();
    expect(await perform(imageKind.apply(spec).slice(0, 2), context)).toEqual(['prepare done', 'fetch done']);
    await vi.waitUntil(() => idAt(node) === small.digest);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo already']);
    expect(node.records()).toEqual(before);
  });

  test('it goes back as well where only the content of a name came', async () => {
    const { node, context, registry } = bench;
    await bring(node, name, small);
    await bring(node, 'other.test/pause:1', packed);
    const spec = { ...bench.pulled(registry.host), was: small.digest };
    expect((await perform(imageKind.apply(spec), context)).at(-1)).toBe('verify done');
    expect(idAt(node)).toBe(small.digest);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(idAt(node)).toBe(packed.digest);
  });

  test('it stays with the image, which is said, where nothing else is left of what it was at', async () => {
    const { node, context } = bench;
    await bring(node, mirrored, small);
    await bring(node, 'other.test/pause:1', packed);
    await perform(imageKind.apply(fromNode), context);
    node.images('rm', '--sync', 'other.test/pause:1');
    expect(await imageKind.undo(fromNode)[0]?.perform(context)).toMatchObject({
      outcome: 'done',
      kept: { code: 'IMAGE_ID_STAYS', params: { image: name, id, digest: small.digest, before: packed.digest } },
    });
    expect(bench.names()).toEqual([mirrored, id]);
  });

  test('it stays where it is when somebody has made a name of the new one since', async () => {
    const { node, context } = bench;
    await bring(node, mirrored, small);
    await bring(node, 'other.test/pause:1', packed);
    await perform(imageKind.apply(fromNode), context);
    node.images('tag', name, `example.test/${repository}:theirs`);
    expect(await perform(imageKind.undo(fromNode), context)).toEqual(['undo done']);
    expect(idAt(node)).toBe(small.digest);
  });
}

/** The same where the process dies: on a node of its own, whose programs kill. */
export function movedIdsKilledSuite(): void {
  describe('what CRI calls an image that was there, where the process dies', () => {
    let node: ContainerdNode;
    let tools: KillingTools;
    beforeAll(() => {
      node = new ContainerdNode('worker-1', 'dash', { disk: '16m', cri: true });
      tools = new KillingTools(node);
    });
    afterAll(() => node?.remove());
    const spec = { ...fromNode, configuration: id };

    async function reset(): Promise<void> {
      rmSync(node.path('var/lib/nodemend'), { recursive: true, force: true });
      for (const record of node.records()) node.images('rm', '--sync', record.name);
      await bring(node, mirrored, small);
      await bring(node, 'other.test/pause:1', packed);
    }
    async function carryOut(what: 'apply' | 'undo', session = 'a1b2c3d4'): Promise<void> {
      await lock(node, { session, takeOver: true });
      await perform(imageKind[what](spec), contextOf(node, { session }));
    }
    async function expectPutBack(): Promise<void> {
      await carryOut('undo', 'e5f6a7b8');
      expect([node.records().map((record) => record.name), idAt(node)]).toEqual([
        [mirrored, 'other.test/pause:1', id],
        packed.digest,
      ]);
    }

    const every = 20;
    test('while applying, goes back with an undo', async () => {
      const work = (): Promise<void> => carryOut('apply');
      for await (const _ of deathsDuring({ tools, every, sides: ['after'], before: reset, work }))
        await expectPutBack();
    });

    test('while undoing, goes back with a second undo', async () => {
      const before = async (): Promise<void> => {
        await reset();
        await carryOut('apply');
        expect(idAt(node)).toBe(small.digest);
      };
      const work = (): Promise<void> => carryOut('undo');
      for await (const _ of deathsDuring({ tools, every, sides: ['after'], before, work })) await expectPutBack();
    });
  });
}
