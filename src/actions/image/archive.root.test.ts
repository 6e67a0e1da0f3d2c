import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ContainerdNode } from '../../../test/chroot/containerd-node.ts';
import { contextOf, lock, perform, run } from '../../../test/chroot/file-fixture.ts';
import { archiveOf, digestOf, makeImage, type MadeImage } from '../../../test/chroot/image-archive.ts';
import { buildModule } from '../../../testbed/go/go-module.ts';
import { containerd2 } from '../../../testbed/go/modules.ts';
import { sha256 } from '../../hash/sha256.ts';
import type { ActionContext } from '../action.ts';
import type { ImageAction } from './image-action.ts';
import { imageKind } from './image.ts';
import { archives, folder } from './testing/file-archives.ts';
import { someImage } from './testing/some-image.ts';

const name = 'registry.k8s.io/pause:3.6';

/** What brings an image of a file to containerd. */
function carried(image: MadeImage): ImageAction {
  const bundle = archiveOf(name, image).archive;
  const file = join(folder, `${sha256(bundle)}.tar`);
  writeFileSync(file, bundle);
  return someImage({
    digest: image.digest,
    configuration: digestOf(image.blobs[1]),
    bytes: bundle.length,
    room: { path: '/var/lib/containerd', needed: 0, keepFree: 0 },
    source: { from: 'archive', of: { file, sha256: sha256(bundle) } },
  });
}

const done = ['prepare done', 'receive done', 'import done', 'name done', 'verify done'];
const full = (step: string): string => `${step} refused IMAGE_DISK_FULL`;

/** Archives that come to containerd 1.6 and 2 with the plugin that kubelet asks, whose disk is 16 MB. */
describe.each(['1.6', '2'])('containerd %s', (version) => {
  let node: ContainerdNode;
  let context: ActionContext;
  beforeAll(async () => {
    const options = { environment: process.env, report: () => undefined };
    const programs = version === '2' ? { programs: await buildModule(containerd2, options) } : {};
    node = new ContainerdNode('worker-1', 'dash', { disk: '16m', cri: true, ...programs });
  }, 300_000);
  afterAll(() => node?.remove());
  beforeEach(async () => {
    for (const record of node.records()) node.images('rm', '--sync', record.name);
    rmSync(node.path('var/lib/nodemend'), { recursive: true, force: true });
    context = contextOf(node, { archives });
    await lock(node);
  });

  const inside = (...args: readonly string[]): string =>
    node.outside('chroot', node.root, 'ctr', '--namespace', 'k8s.io', ...args);
  const names = (): readonly string[] => node.records().map((record) => record.name);
  const leases = (): readonly string[] => inside('leases', 'ls', '-q').split('\n').filter(Boolean);
  /** Blobs, and what of downloads takes more than a block. */
  const content = (): string => {
    const store = node.path('var/lib/containerd/io.containerd.content.v1.content');
    return node.outside('find', store, '-type', 'f', '(', '-path', '*/blobs/*', '-o', '-size', '+4k', ')');
  };
  const staged = (): string => node.outside('find', node.path('var/lib/nodemend'), '-name', 'archive*');

  test('an archive is taken in, named and seen by CRI; after an undo nothing of it is left', async () => {
    const image = makeImage(randomBytes(3_000_000));
    const spec = carried(image);
    expect(await perform(imageKind.apply(spec), context)).toEqual(done);
    expect(names()).toEqual([name, expect.stringMatching(/^sha256:/u)]);
    expect(node.records()[0]).toMatchObject({
      digest: image.digest,
      labels: `io.cri-containerd.image=managed,nodemend.dev/run=${run}`,
    });
    expect(await imageKind.verify(spec)[0]?.perform(context)).toEqual({
      outcome: 'done',
      detail: `${name} is whole, and kubelet is told of it`,
    });
    expect([staged(), leases()]).toEqual(['', []]);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    expect([names(), content()]).toEqual([[], '']);
  });

  test('of a layer that is not what its name says nothing stays', async () => {
    const { blobs, digest } = makeImage(randomBytes(100_000));
    const spec = carried({ digest, blobs: [Buffer.from(blobs[0]).fill(0, 0, 1), blobs[1], blobs[2]] });
    await expect(perform(imageKind.apply(spec), context)).rejects.toMatchObject({ code: 'IMAGE_ARCHIVE_INVALID' });
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo already']);
    expect([names(), content(), staged()]).toEqual([[], '', '']);
  });

  test('a layer that containerd has already, and does not write again, is believed by its content alone', async () => {
    const image = makeImage(randomBytes(100_000));
    const spec = carried(image);
    expect(await perform(imageKind.apply(spec), context)).toEqual(done);
    node.images('tag', name, 'example.test/other:1');
    node.images('rm', '--sync', name);
    rmSync(node.path('var/lib/nodemend'), { recursive: true });
    await lock(node);
    const blobs = `/proc/${node.pid}/root/var/lib/containerd/io.containerd.content.v1.content/blobs`;
    const layer = join(blobs, digestOf(image.blobs[0]).replace(':', '/'));
    chmodSync(layer, 0o644);
    writeFileSync(layer, readFileSync(layer).fill(0x61, 0, 1));
    const before = names();

    const refused = 'import refused IMAGE_NOT_WHOLE';
    expect(await perform(imageKind.apply(spec), context)).toEqual([...done.slice(0, 2), refused]);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo already']);
    expect(names()).toEqual(before);
  });

  test('a disk that fills while the archive is taken in, or while it comes, keeps nothing of it', async () => {
    const before = content();
    const large = carried(makeImage(randomBytes(20_000_000)));
    expect(await perform(imageKind.apply(large), context)).toEqual([...done.slice(0, 2), full('import')]);
    expect([names(), content(), leases(), staged()]).toEqual([[], before, [], '']);
    expect(await perform(imageKind.undo(large), context)).toEqual(['undo already']);

    const spec = carried(makeImage(randomBytes(6_000_000)));
    const [prepare, ...steps] = imageKind.apply(spec);
    await prepare?.perform(context);
    // Where archives lie has less room by then than was reckoned with.
    const [place = ''] = readdirSync(node.path(`var/lib/nodemend/runs/${run}`));
    symlinkSync('/var/lib/containerd/archive', node.path(`var/lib/nodemend/runs/${run}/${place}/archive`));
    const other = `/proc/${node.pid}/root/var/lib/containerd/other`;
    writeFileSync(other, Buffer.alloc(12_000_000));
    expect(await perform(steps, context)).toEqual([full('receive')]);
    rmSync(other);
    expect([content(), staged()]).toEqual([before, '']);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo already']);
  });

  test('what would use up inodes, or the room of the disk that the archive lies on, does not come', async () => {
    const spec = carried(makeImage(randomBytes(100_000)));
    const { path } = spec.room;
    const [all = 0, free = 0] = node.outside('stat', '-f', '-c', '%c %d', node.path(path)).split(' ').map(Number);
    expect(all).toBeGreaterThan(free);
    const withInodes = (needed: number, keepFree: number): ImageAction => ({
      ...spec,
      room: { ...spec.room, inodes: { needed, keepFree } },
    });
    const [refused] = imageKind.apply(withInodes(100, free));
    expect(await refused?.perform(context)).toMatchObject({
      outcome: 'refused',
      code: 'IMAGE_NO_INODES',
      params: { path, needed: '100', keepFree: String(free) },
    });
    expect(staged()).toBe('');
    const elsewhere = {
      ...spec,
      room: { ...spec.room, inodes: { needed: 100, keepFree: free - 1000 }, archiveKeepFree: 2 ** 50 },
    };
    expect(await perform(imageKind.apply(elsewhere), context)).toEqual([
      'prepare done',
      'receive refused IMAGE_NO_ROOM',
    ]);
    expect(await perform(imageKind.undo(elsewhere), context)).toEqual(['undo already']);
    expect([names(), content(), staged()]).toEqual([[], '', '']);
  });

  /** Stops the archive on its way when so many bytes have come, as Ctrl-C does. @returns how many are there then */
  async function stopped(spec: ImageAction, at: number): Promise<number> {
    const interrupt = new AbortController();
    const progress = (bytes: number): void => void (bytes >= at && interrupt.abort());
    const [prepare, receive] = imageKind.apply(spec);
    expect(await prepare?.perform(context)).toMatchObject({ outcome: 'done' });
    await expect(receive?.perform({ ...context, progress, signal: interrupt.signal })).rejects.toMatchObject({
      code: 'COMMAND_INTERRUPTED',
    });
    const found = Number(node.outside('stat', '-c', '%s', staged().trim()));
    expect(await imageKind.pause?.(spec)[0]?.perform(context)).toMatchObject({
      outcome: 'done',
      kept: { code: 'IMAGE_PART_KEPT', params: { keptBytes: found, run } },
    });
    return found;
  }

  /** Carries out what goes on with it. @returns how it went, and how much was there when it began */
  async function goneOn(spec: ImageAction, going: ActionContext): Promise<readonly [readonly string[], number]> {
    const told: number[] = [];
    const outcomes = await perform(imageKind.apply(spec), { ...going, progress: (bytes) => void told.push(bytes) });
    return [outcomes, told[0] ?? 0];
  }

  test('what had come before Ctrl-C is gone on with, by the same run or the next; an undo leaves nothing of it', async () => {
    const spec = carried(makeImage(randomBytes(6_000_000)));
    const had = await stopped(spec, 2_000_000);
    expect(had).toBeGreaterThanOrEqual(2_000_000);
    expect([names(), leases()]).toEqual([[], []]);
    expect(await goneOn(spec, context)).toEqual([done, had]);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    rmSync(node.path('var/lib/nodemend/runs'), { recursive: true });

    // Nothing of it is left where it is not wanted any more.
    await stopped(spec, 2_000_000);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo already']);
    expect([names(), content(), staged()]).toEqual([[], '', '']);

    const left = await stopped(spec, 3_000_000);
    // It is compared, and not only counted.
    const changed = staged().trim();
    rmSync(node.path('var/lib/nodemend/lock'));
    const next = { ...context, run: '20261124-0932-images-7f3b' };
    await lock(node, { run: next.run });
    expect(await goneOn(spec, next)).toEqual([done, left]);
    expect([changed.includes(run), staged()]).toEqual([true, '']);
    expect(await perform(imageKind.undo(spec), next)).toEqual(['undo done']);
    expect([names(), content()]).toEqual([[], '']);
  });

  test('a part that was changed meanwhile comes again; one that nobody has gone on with for a day makes room', async () => {
    const spec = carried(makeImage(randomBytes(4_000_000)));
    await stopped(spec, 2_000_000);
    const part = staged().trim();
    const bytes = readFileSync(part);
    writeFileSync(part, bytes.fill(0, 0, 1));
    expect(await goneOn(spec, context)).toEqual([done, 0]);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
    rmSync(node.path('var/lib/nodemend/runs'), { recursive: true });

    await stopped(spec, 2_000_000);
    // All of it had come, with the names of that run: what the next one makes is the same but for those.
    const [, receive] = imageKind.apply(spec);
    expect(await receive?.perform(context)).toMatchObject({ outcome: 'done' });
    rmSync(node.path('var/lib/nodemend/lock'));
    const taking = { ...context, run: '20261124-0933-images-7f3c' };
    await lock(node, { run: taking.run });
    const [outcomes, taken] = await goneOn(spec, taking);
    expect([outcomes, taken > 3_800_000, taken % 65_536]).toEqual([done, true, 0]);
    expect(await perform(imageKind.undo(spec), taking)).toEqual(['undo done']);
    rmSync(node.path('var/lib/nodemend/runs'), { recursive: true });
    rmSync(node.path('var/lib/nodemend/lock'));
    await lock(node);

    await stopped(spec, 2_000_000);
    rmSync(node.path('var/lib/nodemend/lock'));
    const next = { ...context, run: '20261124-0932-images-7f3b' };
    await lock(node, { run: next.run });
    const other = { ...carried(makeImage(randomBytes(1000))), image: 'registry.k8s.io/coredns/coredns:v1.12.1' };
    const [prepare] = imageKind.apply(other);
    node.outside('touch', '-d', '23 hours ago', part);
    expect(await prepare?.perform(next)).toMatchObject({ outcome: 'done' });
    expect(staged().trim()).toBe(part);
    node.outside('touch', '-d', '25 hours ago', part);
    expect(await prepare?.perform(next)).toMatchObject({ outcome: 'done' });
    expect(staged()).toBe('');
  });

  /** Stands before the real client, and does this for its imports, `ctr.real "$@"` with the archive on standard input. */
  function instead(script: string): void {
    renameSync(node.path('usr/bin/ctr'), node.path('usr/bin/ctr.real'));
    const others = `case " $* " in *' import --help '*) exec ctr.real "$@" ;; *' images import '*) ;; *) exec ctr.real "$@" ;; esac`;
    writeFileSync(node.path('usr/bin/ctr'), `#!/bin/sh\n${others}\n${script}\n`, { mode: 0o755 });
  }
  const asItWas = (): void => renameSync(node.path('usr/bin/ctr.real'), node.path('usr/bin/ctr'));

  /** Gives an import half of the archive, and kills it when that has come. */
  function killImport(layer: Buffer): void {
    instead(`exec 3<>/tmp/half
ctr.real "$@" 3<&- </tmp/half &
head -c 5000000 >&3
tries=0
until ctr.real -n k8s.io content active | grep -q '${digestOf(layer).replace(':', '/')}.*MB' || [ "$tries" -ge 500 ]; do
  tries=$((tries + 1))
done
kill -9 $!
wait $!`);
  }

  test('an import that is killed leaves its lease, which goes with the next step; leases of others stay', async () => {
    const image = makeImage(randomBytes(9_000_000));
    const spec = carried(image);
    inside('leases', 'create', '--id', 'before');
    execFileSync('mkfifo', [node.path('tmp/half')]);
    for (const after of ['import', 'undo', 'others'] as const) {
      killImport(image.blobs[0]);
      await expect(perform(imageKind.apply(spec), context)).rejects.toMatchObject({ code: 'RUNTIME_CLIENT_FAILED' });
      asItWas();
      expect([leases().length, content()]).toEqual([2, expect.stringContaining('ingest')]);
      // Whose of two it is cannot be known, and kubelet's has to stay.
      if (after === 'others') inside('leases', 'create', '--id', 'since');
      if (after === 'import')
        expect(await perform(imageKind.apply(spec), context)).toEqual([
          'prepare done',
          'receive already',
          ...done.slice(2),
        ]);
      expect(await perform(imageKind.undo(spec), context)).toEqual([after === 'import' ? 'undo done' : 'undo already']);
      if (after === 'others') expect(leases().length).toBe(3);
      else expect([leases(), content(), staged()]).toEqual([['before'], '', '']);
      rmSync(node.path('var/lib/nodemend/runs'), { recursive: true, force: true });
    }
    for (const lease of leases()) inside('leases', 'rm', '--sync', lease);
    expect(content()).toBe('');
  }, 120_000);

  /** An import of somebody else, who has given all but the end: its lease holds what nothing else may. */
  function stalledImport(image: MadeImage): { readonly end: () => void } {
    const { archive } = archiveOf('other.example/base:1', image);
    const pipe = node.path('tmp/other');
    execFileSync('mkfifo', [pipe]);
    const script = 'chroot "$1" ctr -n k8s.io images import --no-unpack - <"$2" >"$2.said" 2>&1 &';
    const before = leases();
    const given = openSync(pipe, 'r+');
    node.outside('sh', '-c', script, 'sh', node.root, pipe);
    writeSync(given, archive.subarray(0, -1024));
    expect(leases().filter((lease) => !before.includes(lease))).toHaveLength(1);
    return {
      end: () => {
        writeSync(given, archive.subarray(-1024));
        closeSync(given);
        rmSync(pipe);
      },
    };
  }

  test.each(['finishes', 'fails'])(
    'an import that outlives its script and %s takes no lease of others with it',
    async (how) => {
      const image = makeImage(randomBytes(3_000_000));
      const spec = carried(image);
      // The script is what stands above it in the node's root.
      instead(`above=$PPID script=
while [ "$(stat -Lc %d:%i "/proc/$above/root")" = "$(stat -c %d:%i /)" ]; do
  script="$script $above"
  read -r _ _ _ above _ <"/proc/$above/stat"
done
kill -9 $script
head -c ${how === 'fails' ? 1_000_000 : 10_000_000} | ctr.real "$@" >/dev/null 2>&1
: >/tmp/ended`);
      await expect(perform(imageKind.apply(spec), context)).rejects.toMatchObject({ code: 'NODE_SCRIPT_DIED' });
      await vi.waitFor(() => expect(existsSync(node.path('tmp/ended'))).toBe(true), 20_000);
      asItWas();
      rmSync(node.path('tmp/ended'));
      const left = how === 'fails' ? [] : [expect.stringMatching(/^nodemend\.dev\/incoming:/u)];
      await vi.waitFor(() => expect(names().filter((one) => !one.startsWith('sha256:'))).toEqual(left), 20_000);

      const other = stalledImport(image);
      const since = leases();
      const [prepared, , imported] = how === 'fails' ? done : ['prepare done', '', 'import already'];
      expect(await perform(imageKind.apply(spec), context)).toEqual([
        prepared,
        'receive already',
        imported,
        ...done.slice(3),
      ]);
      expect(leases()).toEqual(since);
      expect(await perform(imageKind.undo(spec), context)).toEqual(['undo done']);
      expect([leases(), staged()]).toEqual([since, '']);
      other.end();
      await vi.waitFor(() => expect(leases()).toEqual([]), 20_000);
      expect(inside('images', 'check', 'name==other.example/base:1')).toContain('complete (2/2)');
    },
  );
});
