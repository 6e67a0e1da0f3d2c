/**
 * How much longer nodemend takes to read a large cluster than to download the same pages and throw them away, from a
 * real kube-apiserver on this machine. Each run is a process of its own, measured as a whole. The contenders take
 * turns, so that a busy moment hits both; the fastest runs are compared, because other work on a machine only ever
 * makes one slower. Then popeye and k8sgpt where they are on the PATH.
 *
 *     sh scripts/with-node.sh bench/cluster-scan.ts [--nodes 5000] [--pods 100000] [--workloads 10000] [--runs 5] [--plain]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBinaries } from '../testbed/control-plane/binaries.ts';
import { bundlePrograms } from './bundle-programs.ts';
import { pairs, programs, type Encoding, type Pair } from './cluster-scan/contenders.ts';
import { EtcdCache, etcdCacheFolder } from './cluster-scan/etcd-cache.ts';
import type { ClusterSize } from './cluster-scan/fill.ts';
import { startFilledCluster, type FilledCluster } from './cluster-scan/filled-cluster.ts';
import { rivals } from './cluster-scan/rivals.ts';
import { runMeasured, type MeasuredCommand, type ProcessMeasure } from './measured-process.ts';
import { cpuMsOf } from './process-usage.ts';
import { atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';

/** Design bars. */
const bars = { ratio: 1.2, rssMb: 250 };

export interface ClusterScanOptions {
  readonly size: ClusterSize;
  /** Counted ones; one more warms the server. */
  readonly runs: number;
  readonly encoding: Encoding;
  readonly report: (line: string) => void;
}

interface ScanMeasure extends ProcessMeasure {
  /** Of etcd and kube-apiserver meanwhile. */
  readonly serverCpuMs: number;
}

export interface ClusterScan {
  readonly results: readonly BenchResult[];
  /** What each contender printed last, by name: for tests. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** Needs root for nothing, but Linux, etcd and the testbed's Kubernetes programs. */
export async function measureClusterScan({ size, runs, encoding, report }: ClusterScanOptions): Promise<ClusterScan> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-scan-'));
  const cache = new EtcdCache(etcdCacheFolder(process.env));
  // So that no run has to bundle the sources first.
  execFileSync(join(import.meta.dirname, '..', 'bin', 'nodemend'), ['version'], { stdio: 'ignore' });
  const cluster = await startFilledCluster({ binaries: await findBinaries(process.env, report), size, cache, report });
  try {
    const run = measurerOf(cluster, folder, report);
    const kubeconfig = cluster.plane.kubeconfig('admin');
    const results: BenchResult[] = [];
    await bundlePrograms(join(folder, 'bundles'), programs);
    for (const pair of pairs({ kubeconfig, encoding, bundles: join(folder, 'bundles') }))
      results.push(...(await comparePair(pair, runs, run)));
    for (const rival of rivals(process.env, kubeconfig))
      results.push(await measureRival(rival.name, rival.command, run));
    return { results, outputs: run.outputs };
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true });
  }
}

interface Measurer {
  (label: string, command: Omit<MeasuredCommand, 'outputFile'>, exitCodes?: readonly number[]): Promise<ScanMeasure>;
  readonly outputs: ReadonlyMap<string, string>;
}

function measurerOf({ plane }: FilledCluster, folder: string, report: (line: string) => void): Measurer {
  const outputs = new Map<string, string>();
  const serverCpu = (): number => plane.processes().reduce((sum, pid) => sum + cpuMsOf(pid), 0);
  const run = async (
    label: string,
    command: Omit<MeasuredCommand, 'outputFile'>,
    exitCodes: readonly number[] = [0],
  ): Promise<ScanMeasure> => {
    const outputFile = join(folder, 'output');
    const before = serverCpu();
    const measure = await runMeasured({ ...command, outputFile });
    const serverCpuMs = serverCpu() - before;
    if (measure.exitCode === null || !exitCodes.includes(measure.exitCode))
      throw new Error(`${label} ended with ${measure.exitCode}: ${measure.errors}`);
    outputs.set(label, readFileSync(outputFile, 'utf8'));
    report(
      `  ${label.padEnd(30)} ${seconds(measure.ms)}, CPU ${seconds(measure.cpuMs)} and ${seconds(serverCpuMs)} ` +
        `of the server, ${measure.rssMb.toFixed(0)} MB`,
    );
    return { ...measure, serverCpuMs };
  };
  return Object.assign(run, { outputs });
}

async function comparePair(
  { what, nodemend, download, exitCodes }: Pair,
  runs: number,
  run: Measurer,
): Promise<readonly BenchResult[]> {
  const scans: ScanMeasure[] = [];
  const downloads: ScanMeasure[] = [];
  const turns = [
    async () => scans.push(await run(what, nodemend, exitCodes)),
    async () => downloads.push(await run(`${what}: download`, download)),
  ];
  for (let round = 0; round <= runs; round++) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn();
    // The first round warmed the server's caches.
    if (round === 0) scans.length = downloads.length = 0;
  }
  const least = (measures: readonly ScanMeasure[], of: (measure: ScanMeasure) => number): number =>
    Math.min(...measures.map(of));
  const ratio = (of: (measure: ScanMeasure) => number): number => least(scans, of) / least(downloads, of);
  const cpu = ratio((measure) => measure.cpuMs + measure.serverCpuMs);
  const times = `${seconds(least(scans, ({ ms }) => ms))} to ${seconds(least(downloads, ({ ms }) => ms))}`;
  return [
    atMost(
      `${what}: time to that of a plain download (${times})`,
      ratio(({ ms }) => ms),
      bars.ratio,
      '×',
    ),
    atMost(`${what}: CPU of client and server to that of a plain download`, cpu, undefined, '×'),
    atMost(`${what}: memory`, Math.max(...scans.map(({ rssMb }) => rssMb)), bars.rssMb, 'MB'),
  ];
}

async function measureRival(
  name: string,
  command: Omit<MeasuredCommand, 'outputFile'> | undefined,
  run: Measurer,
): Promise<BenchResult> {
  if (command === undefined) return { what: name, measured: 'not on PATH' };
  const { ms, rssMb } = await run(name, command);
  return { what: name, measured: `${seconds(ms)}, ${rssMb.toFixed(0)} MB` };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '5000' },
      pods: { type: 'string', default: '100000' },
      workloads: { type: 'string', default: '10000' },
      runs: { type: 'string', default: '5' },
      plain: { type: 'boolean', default: false },
    },
  });
  const { results } = await measureClusterScan({
    size: { nodes: Number(values.nodes), pods: Number(values.pods), workloads: Number(values.workloads) },
    runs: Number(values.runs),
    encoding: values.plain ? 'plain' : 'gzip',
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
