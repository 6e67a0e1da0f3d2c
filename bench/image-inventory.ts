/**
 * What the inventory of images adds to `nodemend diagnose` of 300 nodes: the whole catalogue over SSH, 20 ms away, and
 * what is found, with it and without it, in turns. One real sshd plays all nodes, and `ctr` is a stand-in there that
 * prints a list of 60 images. Its own processor time counts, and is printed apart; what the real one takes of a node is
 * printed by `catalogue-cost.ts`.
 *
 *     sudo sh scripts/with-node.sh bench/image-inventory.ts [--nodes 300] [--containers 60] [--runs 5]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { containerdImages } from '../src/runtimes/containerd/images.ts';
import { dockerImages } from '../src/runtimes/docker/images.ts';
import { bundlePrograms } from './bundle-programs.ts';
import { setFixture, type Fixture } from './fan-out/fixture.ts';
import { bundlesIn, inProcess } from './fan-out.ts';
import type { ImageInventoryJob, ImageInventoryMeasure } from './image-inventory/contender.ts';
import manyImagesScript from './probe-cost/many-images.sh?raw';
import { cpuMsIn } from './process-usage.ts';
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

/** Milliseconds; processor time of the client, of all nodes, and of both. */
interface Turn {
  readonly ms: number;
  readonly clientCpuMs: number;
  readonly nodesCpuMs: number;
  readonly cpuMs: number;
}

/** Needs root and OpenSSH. */
export async function measureImageInventory(options: ImageInventoryBench): Promise<readonly BenchResult[]> {
  const fixture = await setFixture(options.nodes);
  try {
    fixture.root.run(manyImagesScript, String(options.containers), String(images));
    await bundlePrograms(bundlesIn(fixture), { contender: 'image-inventory/contender.ts' });
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
    const added = (of: keyof Turn): number =>
      median(turns.map(({ whole, without }) => whole[of] - without[of])) / options.nodes;
    const what = `${options.nodes} nodes, ${images} images each: diagnose to diagnose without the inventory of images`;
    return [
      atMost(`${what}, time`, ratio('ms'), options.bar, '×'),
      atMost(`${what}, CPU of client and nodes`, ratio('cpuMs'), undefined, '×'),
      atMost('what it adds for a node: the client', added('clientCpuMs'), undefined, 'ms CPU'),
      atMost(
        'what it adds for a node: the node, the stand-in for ctr with it',
        added('nodesCpuMs'),
        undefined,
        'ms CPU',
      ),
      atMost('the stand-in for ctr', standInCpuMs(fixture), undefined, 'ms CPU'),
    ];
  } finally {
    await fixture.close();
  }
}

async function visit({ nodes, root, nodesCpuMs }: Fixture, without: readonly string[]): Promise<Turn> {
  const before = await nodesCpuMs();
  const job: ImageInventoryJob = { ...nodes, without };
  const { result } = await inProcess<ImageInventoryMeasure>(join(root.shared, 'bundles', 'contender.mjs'), job);
  const unknown = without.length === 0 ? 0 : nodes.addresses.length;
  if (result.unknown !== unknown) throw new Error(`images of ${result.unknown} nodes are unknown, and not ${unknown}`);
  const onNodes = (await nodesCpuMs()) - before;
  return { ms: result.ms, clientCpuMs: result.cpuMs, nodesCpuMs: onNodes, cpuMs: result.cpuMs + onNodes };
}

/** Of one start. */
function standInCpuMs({ root }: Fixture): number {
  const starts = 200;
  const script = 'for start in $(seq "$1"); do ctr --namespace k8s.io images ls >/dev/null; done; cat "/proc/$$/stat"';
  return cpuMsIn(root.run(script, String(starts))) / starts;
}

function said({ ms, clientCpuMs, nodesCpuMs }: Turn): string {
  const [whole, client, nodes] = [ms, clientCpuMs, nodesCpuMs].map((each) => (each / 1000).toFixed(2));
  return `${whole} s (CPU ${client} s here and ${nodes} s on the nodes)`;
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
