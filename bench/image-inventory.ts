/**
 * What the inventory of images adds to reading 300 nodes: the whole catalogue over SSH, 20 ms away, with it and without
 * it, in turns. One real sshd plays all nodes, and `ctr` is a stand-in there that prints a list of 60 images: what the
 * real one takes of a node is printed by `catalogue-cost.ts`.
 *
 *     sudo sh scripts/with-node.sh bench/image-inventory.ts [--nodes 300] [--containers 60] [--runs 5]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { containerdImages } from '../src/runtimes/containerd/images.ts';
import { dockerImages } from '../src/runtimes/docker/images.ts';
import { bundlePrograms } from './bundle-programs.ts';
import type { FanOutMeasure } from './fan-out/contender.ts';
import { setFixture, type Fixture } from './fan-out/fixture.ts';
import { bundlesIn, inProcess } from './fan-out.ts';
import manyImagesScript from './probe-cost/many-images.sh?raw';
import { atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';

/** Issue 15, point 12: diagnose with the inventory to diagnose without it. */
export const bar = 1.1;
const images = 60;
const inventory = [containerdImages.key, dockerImages.key];

export interface ImageInventoryBench {
  readonly nodes: number;
  /** On each node, as runc left them. */
  readonly containers: number;
  /** Counted ones; one more warms caches. */
  readonly runs: number;
  /** Absent where the size is too small for the bar: then it is only printed. */
  readonly bar?: number;
  readonly report: (line: string) => void;
}

interface Turn {
  readonly ms: number;
  /** Of the client and of all nodes. */
  readonly cpuMs: number;
}

/** Needs root and OpenSSH. */
export async function measureImageInventory(options: ImageInventoryBench): Promise<readonly BenchResult[]> {
  const fixture = await setFixture(options.nodes);
  try {
    fixture.root.run(manyImagesScript, String(options.containers), String(images));
    await bundlePrograms(bundlesIn(fixture), { contender: 'fan-out/contender.ts' });
    const turns: { readonly whole: Turn; readonly without: Turn }[] = [];
    for (let round = 0; round <= options.runs; round++) {
      // Who goes first has the colder machine.
      const first = await visit(fixture, round % 2 === 0 ? [] : inventory);
      const second = await visit(fixture, round % 2 === 0 ? inventory : []);
      const [whole, without] = round % 2 === 0 ? [first, second] : [second, first];
      options.report(`  with ${said(whole)}, without ${said(without)}`);
      if (round > 0) turns.push({ whole, without });
    }
    const ratio = (of: keyof Turn): number => median(turns.map(({ whole, without }) => whole[of] / without[of]));
    const what = `${options.nodes} nodes, ${images} images each: the whole catalogue to it without the inventory of images`;
    return [
      atMost(`${what}, time`, ratio('ms'), options.bar, '×'),
      atMost(`${what}, CPU of client and nodes`, ratio('cpuMs'), undefined, '×'),
    ];
  } finally {
    await fixture.close();
  }
}

async function visit({ nodes, root, nodesCpuMs }: Fixture, without: readonly string[]): Promise<Turn> {
  const before = await nodesCpuMs();
  const job = { ...nodes, contender: 'nodemend', without };
  const { result } = await inProcess<FanOutMeasure>(join(root.shared, 'bundles', 'contender.mjs'), job);
  return { ms: result.ms, cpuMs: result.cpuMs + (await nodesCpuMs()) - before };
}

function said({ ms, cpuMs }: Turn): string {
  return `${(ms / 1000).toFixed(2)} s (CPU ${(cpuMs / 1000).toFixed(2)} s)`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '300' },
      containers: { type: 'string', default: '60' },
      runs: { type: 'string', default: '5' },
    },
  });
  const results = await measureImageInventory({
    nodes: Number(values.nodes),
    containers: Number(values.containers),
    runs: Number(values.runs),
    bar,
    report: (line) => console.error(line),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
