import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FaultyRegistry } from '../../../../../test/chroot/faulty-registry.ts';
import { perform, run } from '../../../../../test/chroot/file-fixture.ts';
import { makeImage } from '../../../../../test/chroot/image-archive.ts';
import type { StepResult } from '../../../action.ts';
import { imageKind } from '../../image.ts';
import { fetchSteps } from '../../registry-source.ts';
import { large, repository, small, type PullBench } from '../pull-bench.ts';
import { partsOf } from '../pulled-parts.ts';

/** Pulls that come to nothing, or are ended: what is left of them. */
export function endedPullsSuite(bench: PullBench): void {
  test.each<readonly [string, FaultyRegistry['fault'], RegExp]>([
    ['another image’s manifest', { otherManifest: small.digest }, /unexpected commit digest|digest/u],
    ['half a layer', { layer: 'half' }, /EOF/u],
    ['a layer that never ends', { layer: 'endless' }, /more came than the image may take|read past expected size/u],
    ['a layer that is said to be huge', { layer: 'tebibyte' }, /more came than the image|read past expected size/u],
    ['nothing more in the middle of a layer', { layer: 'silent' }, /the last \d+ without progress/u],
  ])('of %s nothing is left', async (_, fault, words) => {
    const { context, registry, faulty } = bench;
    faulty.fault = fault;
    // One that is killed below a terminal is known to be, too.
    const spec = bench.pulled(faulty.host, large, {
      parts: partsOf(large),
      ...(fault.layer === 'silent' && { login: registry.login }),
    });
    const [prepare] = imageKind.apply(spec);
    expect(await prepare?.perform(context)).toMatchObject({ outcome: 'done' });
    const [fetch] = fetchSteps(spec, spec.source, { patience: 6, total: 60 });
    const result = await fetch?.perform({ ...context, secret: () => registry.login.password });
    expect(result).toMatchObject({ outcome: 'refused', code: 'IMAGE_FETCH_FAILED' });
    expect((result as Extract<StepResult, { outcome: 'refused' }>).detail).toMatch(words);
    expect([bench.names(), bench.content()]).toEqual([[], '']);
    expect(await perform(imageKind.undo(spec), context)).toEqual(['undo already']);
  });

  test('a pull that ends by itself in the moment in which it is given up takes no lease of others with it', async () => {
    const { node, context, faulty } = bench;
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
    const spec = bench.pulled(faulty.host, large);
    const [prepare] = imageKind.apply(spec);
    await prepare?.perform(context);
    const [fetch] = fetchSteps(spec, spec.source, { patience: 1, total: 60 });
    const result = await fetch?.perform(context);
    for (const tool of ['cat', 'ctr']) renameSync(node.path(`usr/bin/${tool}.real`), node.path(`usr/bin/${tool}`));
    expect(result).toMatchObject({ outcome: 'refused', code: 'IMAGE_FETCH_FAILED' });
    expect(bench.inside('leases', 'ls', '-q')).toBe('kubelet\n');
    bench.inside('leases', 'rm', '--sync', 'kubelet');
  });

  test('a pull that is given up ends no lease but its own, and where that cannot be told it ends by itself', async () => {
    const { node, context, faulty } = bench;
    const stopped = async (script: string): Promise<void> => {
      renameSync(node.path('usr/bin/ctr'), node.path('usr/bin/ctr.real'));
      const others = `case " $* " in *' pull --help '*) exec ctr.real "$@" ;; *' images pull '*) ;; *) exec ctr.real "$@" ;; esac`;
      writeFileSync(node.path('usr/bin/ctr'), `#!/bin/sh\n${others}\n${script}\n`, { mode: 0o755 });
      faulty.fault = { layer: 'silent' };
      const spec = bench.pulled(faulty.host, large);
      const [prepare] = imageKind.apply(spec);
      await prepare?.perform(context);
      const [fetch] = fetchSteps(spec, spec.source, { patience: 3, total: 60 });
      expect(await fetch?.perform(context)).toMatchObject({ outcome: 'refused', code: 'IMAGE_FETCH_FAILED' });
      renameSync(node.path('usr/bin/ctr.real'), node.path('usr/bin/ctr'));
    };
    // Given up before it had one.
    await stopped('ctr.real -n k8s.io leases create --id kubelet >/dev/null\nexec sleep 1000');
    expect([...leasesOf(bench).keys()]).toEqual(['kubelet']);
    // Its own alone is new.
    await stopped('exec ctr.real "$@"');
    expect([[...leasesOf(bench).keys()], bench.content()]).toEqual([['kubelet'], '']);
    // Whose of two it is cannot be known: in a day containerd ends it.
    await stopped('ctr.real -n k8s.io leases create --id other >/dev/null\nexec ctr.real "$@"');
    const own = [...leasesOf(bench)].filter(([id]) => id !== 'kubelet' && id !== 'other');
    expect([leasesOf(bench).size, own.length]).toEqual([3, 1]);
    const hours = (Date.parse(own[0]?.[1] ?? '') - Date.now()) / 3_600_000;
    expect([hours > 20, hours < 24.1]).toEqual([true, true]);
    for (const lease of leasesOf(bench).keys()) bench.inside('leases', 'rm', '--sync', lease);
    expect(bench.content()).toBe('');
  });

  test('Ctrl-C ends a pull that is under way: nothing of it stays, and the next run pulls it', async () => {
    const { node, context, registry, faulty } = bench;
    const image = makeImage(randomBytes(4_000_000));
    await registry.push(image, repository);
    bench.inside('leases', 'create', '--id', 'other');
    faulty.fault = { layer: 'silent' };
    const spec = bench.pulled(faulty.host, image, { parts: partsOf(image) });
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
    expect([bench.names(), [...leasesOf(bench).keys()], bench.content()]).toEqual([[], ['other'], '']);
    expect(readdirSync(node.path(`var/lib/nodemend/runs/${run}`))).toEqual([]);

    bench.inside('leases', 'rm', '--sync', 'other');
    faulty.fault = {};
    expect((await perform(imageKind.apply(spec), context)).at(-1)).toBe('verify done');
  });
}

/** Leases by what they are called, with when they end by themselves. */
function leasesOf(bench: PullBench): ReadonlyMap<string, string> {
  return new Map(
    bench
      .inside('leases', 'ls')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [id = ''] = line.split(' ');
        return id === '' ? [] : [[id, /containerd\.io\/gc\.expire=(\S+?)(?:,|\s|$)/u.exec(line)?.[1] ?? '']];
      }),
  );
}
