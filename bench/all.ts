/**
 * `npm run bench`: every bench at full size, one after the other, and one table of what is held. Needs root and what
 * `npm run check` needs; some twenty minutes on two idle processors, and three more the first time. With names, only
 * those benches.
 *
 *     npm run bench [-- start-up testbed-up cluster-scan drain-preflight reboot-overhead rewrite probe-cost
 *       catalogue-cost forecast fan-out image-inventory reseed]
 */
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { bar as catalogueCostBar, measureCatalogueCost } from './catalogue-cost.ts';
import { measureClusterScan } from './cluster-scan.ts';
import { measureDrainPreflight } from './drain-preflight.ts';
import { measureFanOut } from './fan-out.ts';
import { measureForecast } from './forecast.ts';
import { bar as imageInventoryBar, measureImageInventory } from './image-inventory.ts';
import { bar as probeCostBar, measureProbeCost } from './probe-cost.ts';
import { measureRebootOverhead } from './reboot-overhead.ts';
import { measureReseed } from './reseed.ts';
import { exitCodeOf, renderResults, type BenchResult } from './result.ts';
import { measureRewrite } from './rewrite.ts';
import { measureStartUp } from './start-up.ts';
import { measureTestbedUp } from './testbed-up.ts';

const report = (line: string): void => void process.stderr.write(`${line}\n`);

const benches: Readonly<Record<string, () => Promise<readonly BenchResult[]> | readonly BenchResult[]>> = {
  'start-up': () => measureStartUp(30),
  'testbed-up': () => measureTestbedUp({ runs: 3, report }),
  'cluster-scan': async () =>
    (
      await measureClusterScan({
        size: { nodes: 5_000, pods: 100_000, workloads: 10_000 },
        runs: 5,
        encoding: 'gzip',
        report,
      })
    ).results,
  'drain-preflight': () =>
    measureDrainPreflight({ size: { nodes: 300, pods: 10_000, workloads: 1_000 }, runs: 5, report }),
  'reboot-overhead': () => measureRebootOverhead({ nodes: 3, report }),
  reseed: () => measureReseed({ nodes: 10, megabytes: 96, mbit: 50, report }),
  rewrite: () => [
    ...measureRewrite({ files: 100_000, ofInterest: 50, runs: 5, bar: 2, report }),
    ...measureRewrite({ files: 24_126, ofInterest: 8_245, runs: 5, bar: 4, report }),
  ],
  'probe-cost': () =>
    measureProbeCost({ containers: 500, files: 20_000, rounds: 15, bySection: true, bar: probeCostBar, report }),
  'catalogue-cost': () =>
    measureCatalogueCost({ containers: 500, images: 60, rounds: 15, bySection: true, bar: catalogueCostBar, report }),
  forecast: () => measureForecast({ diskBytes: 1024 ** 3, rate: 2_500_000, askAt: 0.35, report }),
  'image-inventory': () =>
    measureImageInventory({ nodes: 300, containers: 60, runs: 5, bar: imageInventoryBar, report }),
  'fan-out': () => measureFanOut({ nodes: [100, 300], runs: 5, openConnections: 2_000, mayInstall: true, report }),
};

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.filter((name) => !(name in benches));
if (unknown.length > 0) {
  report(`no bench: ${unknown.join(', ')}\n  next: name some of ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}

const results: BenchResult[] = [];
for (const [name, measure] of Object.entries(benches)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  report(`== ${name}`);
  results.push(...(await measure()));
}
const model = cpus()[0]?.model ?? 'unknown processor';
process.stdout.write(
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, Linux ${release()}, ${cpus().length} ` +
    `× ${model}, ${Math.round(totalmem() / 2 ** 30)} GB\n\n`,
);
process.stdout.write(renderResults(results));
process.exitCode = exitCodeOf(results);
