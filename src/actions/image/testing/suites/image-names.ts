import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { perform } from '../../../../../test/chroot/file-fixture.ts';
import { archiveOf, digestOf, makeImage, manifestType } from '../../../../../test/chroot/image-archive.ts';
import { imageKind } from '../../image.ts';
import { large, name, repository, small, type PullBench } from '../pull-bench.ts';
import { someImage } from '../some-image.ts';

/** Names that are there, that are made, and that are removed again. */
export function imageNamesSuite(bench: PullBench): void {
  test('an image that looks like another in the list of ctr, by lines in what it calls its platform, gets no name of it', async () => {
    const { node, context } = bench;
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
    const { node, context, registry } = bench;
    const spec = bench.pulled(registry.host);
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
    expect(bench.names()).toContain(name);
    expect(failed).toMatchObject({ code: 'RUNTIME_SILENT' });
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(bench.names()).toEqual([]);
  });

  test('an image that is not whole on the node gives no other name', async () => {
    const { node, context, registry } = bench;
    await perform(imageKind.apply(bench.pulled(registry.host)), context);
    const layer = `var/lib/containerd/io.containerd.content.v1.content/blobs/${digestOf(small.blobs[0]).replace(':', '/')}`;
    const file = `/proc/${node.pid}/root/${layer}`;
    chmodSync(file, 0o644);
    writeFileSync(file, readFileSync(file).fill(0x61, 0, 1));
    await bench.begin();
    const spec = someImage({ image: 'example.test/pause:1', digest: small.digest, source: { from: 'node', name } });
    expect(await imageKind.apply(spec)[0]?.perform(context)).toMatchObject({
      code: 'IMAGE_NOT_WHOLE',
      params: { found: expect.stringContaining('unexpected digest') as string },
    });
  });

  test('a name that stands for another image by now, which was looked at before, gives none', async () => {
    const { context, registry } = bench;
    await perform(imageKind.apply(bench.pulled(registry.host)), context);
    const other = `${registry.host}/${repository}@${large.digest}`;
    bench.inside('images', 'pull', '--plain-http', other);
    await bench.begin();
    const spec = someImage({ image: 'example.test/pause:1', digest: small.digest, source: { from: 'node', name } });
    const [prepare, give] = imageKind.apply(spec);
    expect(await prepare?.perform(context)).toMatchObject({ outcome: 'done' });
    bench.inside('images', 'tag', '--force', other, name);
    const before = bench.names();
    expect(await give?.perform(context)).toMatchObject({ outcome: 'refused', code: 'IMAGE_CHANGED_SINCE_PLAN' });
    expect(bench.names()).toEqual(before);
  });

  test('a name that a container uses stays, unless its image has another', async () => {
    const { node, context, registry } = bench;
    const spec = bench.pulled(registry.host);
    await perform(imageKind.apply(spec), context);
    bench.inside('containers', 'create', name, 'pod-1');
    expect(await imageKind.undo(spec)[0]?.perform(context)).toMatchObject({
      code: 'IMAGE_IN_USE',
      params: { container: 'pod-1' },
    });
    expect(await imageKind.inspect(spec, context)).toBe('applied');
    node.images('tag', name, 'example.test/pause:1');
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(bench.names()).toEqual(['example.test/pause:1', expect.stringMatching(/^sha256:/u)]);
    bench.inside('containers', 'rm', 'pod-1');
  });

  test('what is there keeps its labels, and its names', async () => {
    const { node, context, registry } = bench;
    const reference = `${registry.host}/${repository}@${small.digest}`;
    await perform(imageKind.apply(bench.pulled(registry.host)), context);
    node.images('tag', name, reference);
    node.images('label', reference, 'io.cri-containerd.pinned=pinned', 'nodemend.dev/run=');
    node.images('rm', name);
    await bench.begin();
    const before = node.records();
    const spec = bench.pulled(registry.host);
    expect((await perform(imageKind.apply(spec), context)).at(-1)).toBe('verify done');
    expect(node.records().filter((record) => record.name !== name)).toEqual(before);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect(node.records()).toEqual(before);
  });
}
