/**
 * What it takes to bring an image from one node to others without a registry: `nodemend images reseed` from its start to
 * its end, planning, records and verification counted, against `ctr export | ssh ctr import` for one node after the
 * other. Real sshd and real containerd, each node with a network of its own; what speaks to them stands at the bridge
 * between them, and its own link is not limited. Once with each node's link held to a rate, both ways, by the kernel
 * (tbf), and once as fast as the machine goes, which all nodes share.
 *
 *     sudo sh scripts/with-node.sh bench/reseed.ts [--nodes 10] [--megabytes 96] [--mbit 50]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { giveImage } from '../test/image-nodes/give-image.ts';
import { ImageNodes } from '../test/image-nodes/image-nodes.ts';
import { cpuMsOf } from './process-usage.ts';
import { atLeast, exitCodeOf, renderResults, type BenchResult } from './result.ts';

/** Issue 15, point 12: times as fast, with links of 50 Mbit/s. */
export const bar = 4;

const image = 'registry.example.com/base/image:1';

export interface ReseedBench {
  /** That lack the image; one more has it. */
  readonly nodes: number;
  readonly megabytes: number;
  /** Of each node's link, Mbit/s. */
  readonly mbit: number;
  readonly report: (line: string) => void;
}

/** Needs root. @throws Error when an image does not arrive, or is another one */
export async function measureReseed({ nodes, megabytes, mbit, report }: ReseedBench): Promise<readonly BenchResult[]> {
  const what = `images reseed of ${megabytes} MB to ${nodes} nodes`;
  const limited = await measure({ nodes, megabytes, mbit, report });
  const free = await measure({ nodes, megabytes, report });
  return [
    atLeast(`${what}, links of ${mbit} Mbit/s: ${words(limited)}`, limited.rival / limited.own, bar, '×'),
    atLeast(`${what}, links as fast as the machine: ${words(free)}`, free.rival / free.own, undefined, '×'),
  ];
}

/** Seconds. */
interface Times {
  readonly own: number;
  readonly rival: number;
}

function words({ own, rival }: Times): string {
  return `times as fast as ctr export, ssh, ctr import one by one (${rival.toFixed(1)} s to ${own.toFixed(1)} s)`;
}

interface Round extends Omit<ReseedBench, 'mbit'> {
  readonly mbit?: number;
}

async function measure({ nodes: count, megabytes, mbit, report }: Round): Promise<Times> {
  const nodes = await ImageNodes.start({ count: count + 1, ...(mbit === undefined ? {} : { mbit }) });
  try {
    const { digest } = await giveImage(nodes, 'worker-1', image, megabytes * 1_000_000);
    const needy = nodes.names.slice(1);
    const timed = (name: string, program: string, args: readonly string[]): number => {
      const began = performance.now();
      const [cpuHere, cpuThere] = [cpuMsOf(process.pid), nodes.cpuMs()];
      const { status, stderr } = nodes.atBridge(program, args);
      const seconds = (performance.now() - began) / 1000;
      const cpu = [cpuMsOf(process.pid) - cpuHere, nodes.cpuMs() - cpuThere].map((ms) => (ms / 1000).toFixed(1));
      if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr.slice(-2000)}`);
      for (const node of needy) {
        if (nodes.images(node).get(image) !== digest) throw new Error(`${name}: ${node} lacks the image`);
        nodes.on(node, 'ctr -n k8s.io images rm --sync "$1"', image);
      }
      const links = mbit === undefined ? 'no limit' : `${mbit} Mbit/s`;
      const used = `CPU here ${cpu[0]} s, of nodes ${cpu[1]} s`;
      report(`  ${count} nodes, ${links}: ${name} ${seconds.toFixed(1)} s; ${used}`);
      return seconds;
    };
    const folder = import.meta.dirname;
    const key = [join(nodes.folder, 'id'), join(nodes.folder, 'known_hosts')];
    const addresses = nodes.names.map((name) => nodes.address(name));
    const program = join(folder, '../bin/nodemend');
    // The first start of a checkout builds the program.
    nodes.atBridge('sh', [program, 'version']);
    const own = timed('nodemend', 'sh', [
      program,
      'images',
      'reseed',
      image,
      '--from',
      'worker-1',
      ...nodes.access,
      '--yes',
    ]);
    const rival = timed('one by one', 'sh', [join(folder, 'reseed/one-by-one.sh'), image, ...key, ...addresses]);
    return { own, rival };
  } finally {
    await nodes.close();
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '10' },
      megabytes: { type: 'string', default: '96' },
      mbit: { type: 'string', default: '50' },
    },
  });
  const results = await measureReseed({
    nodes: Number(values.nodes),
    megabytes: Number(values.megabytes),
    mbit: Number(values.mbit),
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
