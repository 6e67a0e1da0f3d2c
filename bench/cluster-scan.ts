import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findBinaries } from '../testbed/control-plane/binaries.ts';
import { startControlPlane } from '../testbed/control-plane/control-plane.ts';
import { fillCluster } from './cluster-scan/fill.ts';
import type { Contender, ScanJob, ScanResult } from './cluster-scan/contender.ts';

/**
 * How much longer nodemend takes to read a cluster than to download the same pages and throw them away, from a real
 * kube-apiserver on this machine. Each run is a process of its own; the contenders take turns, so that a busy machine
 * disturbs both alike.
 *
 * Answers come compressed, as they do by default; `--plain` measures without.
 *
 *     node bench/cluster-scan.ts [--nodes 5000] [--pods 0] [--runs 5] [--plain]
 */
const bar = 1.2;
const maxRssMb = 250;

const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '5000' }, pods: { type: 'string', default: '0' }, runs: { type: 'string', default: '5' }, plain: { type: 'boolean', default: false } },
});
const report = (line: string) => process.stderr.write(`${line}\n`);

async function scan(job: ScanJob): Promise<ScanResult> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'cluster-scan', 'contender.ts'), [JSON.stringify(job)]);
    child.on('message', (result) => resolve(result as ScanResult));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${job.contender} ended with ${code} and without a result`)));
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function measure(kubeconfig: string, pods: number): Promise<boolean> {
  const paths = ['/api/v1/nodes', ...(pods > 0 ? ['/api/v1/pods'] : [])];
  const results: Record<Contender, ScanResult[]> = { download: [], scan: [] };
  const contenders: readonly Contender[] = ['download', 'scan'];
  // The first round warms the server's caches and does not count.
  for (let run = 0; run <= Number(values.runs); run++) {
    for (const contender of run % 2 === 0 ? contenders : contenders.toReversed()) {
      const result = await scan({ contender, kubeconfig, paths, compress: !values.plain });
      report(`  ${run === 0 ? 'warm-up' : `run ${run}`}  ${contender.padEnd(8)} ${result.ms.toFixed(0)} ms (${result.cpuMs.toFixed(0)} ms CPU), ${(result.bytes / 1e6).toFixed(0)} MB, ${result.items} items, ${result.rssMb} MB RSS`);
      if (run > 0) results[contender].push(result);
    }
  }
  const time = (contender: Contender) => median(results[contender].map(({ ms }) => ms));
  const ratio = time('scan') / time('download');
  const rssMb = Math.max(...results.scan.map((result) => result.rssMb));
  process.stdout.write(`cluster scan: ${time('scan').toFixed(0)} ms, download alone ${time('download').toFixed(0)} ms, ratio ${ratio.toFixed(2)} (bar ${bar}); ${rssMb} MB RSS (bar ${maxRssMb})\n`);
  return ratio <= bar && rssMb <= maxRssMb;
}

const plane = await startControlPlane({ binaries: await findBinaries(process.env, report) });
try {
  await fillCluster(plane, { nodes: Number(values.nodes), pods: Number(values.pods) }, report);
  process.exitCode = (await measure(plane.kubeconfig('admin'), Number(values.pods))) ? 0 : 1;
} finally {
  await plane.stop();
}
