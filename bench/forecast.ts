/**
 * The forecast of `container-logs` against what it foretells: a container on a real Docker node of the testbed writes
 * at a steady rate to a real small disk, nodemend is asked part of the way when kubelet will evict, once from the times
 * in the log and once from two bundles, and then the real kubelet's DiskPressure is waited for. An error is the part of
 * the time that was still to go.
 *
 *     sudo sh scripts/with-node.sh bench/forecast.ts [--disk-mib 1024] [--rate 2500000] [--ask-at 0.35]
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { operatorOf, type Operator } from '../test/end-to-end/operator.ts';
import { onNode } from '../testbed/on-node.ts';
import { findPrograms } from '../testbed/programs.ts';
import { testbedDown } from '../testbed/testbed-down.ts';
import { testbedStatus, type TestbedStatus } from '../testbed/testbed-status.ts';
import { testbedUp } from '../testbed/testbed-up.ts';
import writeSteadilyScript from './forecast/write-steadily.sh?raw';
import { exitCodeOf, renderResults, type BenchResult } from './result.ts';

/** Design bar: the part of the time still to go by which a forecast may be wrong. */
const bar = 0.2;
const node = 'docker-1';

export interface ForecastBench {
  readonly diskBytes: number;
  /** What the container writes, bytes a second; docker's own words around each line come on top. */
  readonly rate: number;
  /** Which part of the disk is used when nodemend is asked, 0 to 1. */
  readonly askAt: number;
  readonly report: (line: string) => void;
}

interface Foretold {
  readonly evictsAt?: string;
  readonly logsPerDayBytes?: number;
  readonly measuredMs?: number;
  readonly diskBytes: number;
  readonly diskFreeBytes: number;
}

/**
 * Needs root and what `npm run testbed` needs. @throws Error when kubelet never tells DiskPressure, or nodemend
 * foretells nothing
 */
export async function measureForecast({
  diskBytes,
  rate,
  askAt,
  report,
}: ForecastBench): Promise<readonly BenchResult[]> {
  // A kubelet that only stands in for one that could not be built evicts nobody.
  await findPrograms({ environment: process.env, docker: 'kubelet', containerd2: false, report });
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-forecast-'));
  const choice = { name: 'forecast', stateDir: join(folder, 'forecast') };
  let operator: Operator | undefined;
  try {
    await testbedUp({ ...choice, docker: 1, containerd: 0, diskBytes, report });
    const testbed = await testbedStatus(choice);
    operator = operatorOf(undefined, { NODEMEND_CONFIG: testbed.folder.configuration });
    await asRoot(
      testbed,
      `docker run -d --name steady box:1 sh -c '${writeSteadilyScript.replaceAll("'", String.raw`'\''`)}' sh ${rate}`,
    );
    const older = join(folder, 'older.json');
    await sleep(20_000);
    await run(operator, 'bundle', '--out', older);
    await untilUsed(testbed, askAt);
    const fromTimes = await foretold(operator);
    const asked = Date.now();
    const fromBundles = await foretold(operator, '--since', older);
    report(
      `  used ${percent(1 - fromTimes.diskFreeBytes / fromTimes.diskBytes)} of the disk: evicts at ` +
        `${fromTimes.evictsAt} by the log's times, ${fromBundles.evictsAt} by two bundles; ` +
        `${((fromTimes.logsPerDayBytes ?? 0) / 86_400e6).toFixed(2)} MB a second, measured over ` +
        `${((fromTimes.measuredMs ?? 0) / 1000).toFixed(0)} s`,
    );
    const came = await pressureAt(testbed);
    report(`  DiskPressure came ${((came - asked) / 1000).toFixed(0)} s later`);
    return [
      result('times in the log', fromTimes, { asked, came }),
      result('two bundles', fromBundles, { asked, came }),
    ];
  } finally {
    operator?.leave();
    await testbedDown(choice);
    rmSync(folder, { recursive: true, force: true });
  }
}

function result(
  from: string,
  { evictsAt = '' }: Foretold,
  { asked, came }: { readonly asked: number; readonly came: number },
): BenchResult {
  const error = (Date.parse(evictsAt) - came) / (came - asked);
  const words = `${error < 0 ? 'too early' : 'too late'} by ${percent(Math.abs(error))}`;
  return {
    what: `forecast of the real eviction, ${Math.round((came - asked) / 1000)} s ahead, from ${from}`,
    measured: words,
    bar: `within ${percent(bar)}`,
    held: Math.abs(error) <= bar,
  };
}

async function run(operator: Operator, ...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await operator.nodemend(...args);
  // 3, 4 and 5 say what was found.
  if (exitCode === null || ![0, 3, 4, 5].includes(exitCode))
    throw new Error(`nodemend ${args.join(' ')}: exit code ${exitCode}: ${stderr}`);
  return stdout;
}

async function foretold(operator: Operator, ...args: readonly string[]): Promise<Foretold> {
  const { findings } = JSON.parse(await run(operator, 'diagnose', '-o', 'json', ...args)) as {
    readonly findings: readonly {
      readonly rule: string;
      readonly subject: { readonly name: string };
      readonly facts?: Foretold;
    }[];
  };
  const facts = findings.find(
    ({ subject, rule, facts: found }) =>
      subject.name === node && rule === 'rule-missing' && found?.diskBytes !== undefined,
  )?.facts;
  if (facts?.evictsAt === undefined) throw new Error(`nothing foretold: ${JSON.stringify(findings)}`);
  return facts;
}

async function untilUsed(testbed: TestbedStatus, part: number): Promise<void> {
  while (Number(await asRoot(testbed, 'df --output=pcent /var/lib/docker | tr -dc 0-9')) / 100 < part) await sleep(500);
}

/** @returns standard output */
async function asRoot(testbed: TestbedStatus, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await onNode(testbed, node, script);
  if (exitCode !== 0) throw new Error(`${node}: exit code ${exitCode}: ${stderr}`);
  return stdout;
}

async function pressureAt(testbed: TestbedStatus): Promise<number> {
  const deadline = Date.now() + 3_600_000;
  while (Date.now() < deadline) {
    const { stdout } = await promisify(execFile)(testbed.kubectl, [
      '--kubeconfig',
      testbed.folder.kubeconfig,
      'get',
      'node',
      node,
      '-o',
      'jsonpath={.status.conditions[?(@.type=="DiskPressure")].status}',
    ]);
    if (stdout === 'True') return Date.now();
    await sleep(500);
  }
  throw new Error('kubelet told no DiskPressure within an hour');
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      'disk-mib': { type: 'string', default: '1024' },
      rate: { type: 'string', default: '2500000' },
      'ask-at': { type: 'string', default: '0.35' },
    },
  });
  const results = await measureForecast({
    diskBytes: Number(values['disk-mib']) * 1024 ** 2,
    rate: Number(values.rate),
    askAt: Number(values['ask-at']),
    report: (line) => console.error(line),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
