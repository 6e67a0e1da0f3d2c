/**
 * What it takes to read many nodes over SSH, 20 ms away: nodemend's own way from connecting to evidence, against the
 * SSH library sending the same script with its output thrown away, against Ansible sending the same script, and against
 * the guide's loop of ssh with the guide's own command. One real sshd plays all nodes. nodemend and the library take
 * turns, and their fastest runs are compared, because other work on a machine only ever makes one slower. Then the
 * memory of open connections, and the probe's processor time on a node.
 *
 * All nodes share this machine with who reads them, so their work counts against nodemend, which keeps every processor
 * busy, and not against the loop, which waits.
 *
 *     sh scripts/with-node.sh bench/fan-out.ts [--nodes 100,300] [--runs 5] [--open 2000]
 */
import { fork, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { makeSshKey } from '../test/ssh-keys.ts';
import { bundlePrograms } from './bundle-programs.ts';
import type { Contender, FanOutMeasure } from './fan-out/contender.ts';
import type { OpenConnectionsJob, OpenConnectionsMeasure } from './fan-out/open-connections.ts';
import { rivals } from './fan-out/rivals.ts';
import { probeCpuMs, setFixture, type Fixture } from './fan-out/fixture.ts';
import { runMeasured } from './measured-process.ts';
import { atLeast, atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';

/**
 * Design bars: time against the bare library; processor milliseconds of the probe; kilobytes for each open connection,
 * megabytes for 2,000.
 */
const bars = { ratio: 1.15, probeCpuMs: 40, kbEach: 100, rssMb: 400 };

export interface FanOutOptions {
  readonly nodes: readonly number[];
  /** Counted ones; one more warms caches. */
  readonly runs: number;
  readonly openConnections: number;
  /** Whether Ansible may be fetched from PyPI when it is not here. */
  readonly mayInstall: boolean;
  readonly report: (line: string) => void;
}

/** Needs root and OpenSSH. */
export async function measureFanOut(options: FanOutOptions): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const [index, count] of options.nodes.entries()) {
    const fixture = await setFixture(count);
    try {
      await bundlePrograms(bundlesIn(fixture), {
        contender: 'fan-out/contender.ts',
        'open-connections': 'fan-out/open-connections.ts',
      });
      if (index === 0) results.push(...(await measureOne(fixture, options)));
      results.push(...(await compare(fixture, options)));
    } finally {
      await fixture.close();
    }
  }
  return results;
}

interface WholeMeasure extends FanOutMeasure {
  /** The whole process, start included. */
  readonly wholeMs: number;
  /** Of this process and of all nodes. */
  readonly totalCpuMs: number;
}

async function compare(fixture: Fixture, options: FanOutOptions): Promise<readonly BenchResult[]> {
  const { nodes } = fixture;
  const { report } = options;
  const what = `${nodes.addresses.length} nodes`;
  const measures: Record<Contender, WholeMeasure[]> = { bare: [], nodemend: [] };
  const order: readonly Contender[] = ['bare', 'nodemend'];
  for (let round = 0; round <= options.runs; round++) {
    for (const contender of round % 2 === 0 ? order : order.toReversed()) {
      const before = await fixture.nodesCpuMs();
      const { result, ms } = await inProcess<FanOutMeasure>(join(bundlesIn(fixture), 'contender.mjs'), {
        ...nodes,
        contender,
      });
      const nodesCpuMs = (await fixture.nodesCpuMs()) - before;
      report(
        `  ${what}: ${contender.padEnd(8)} ${seconds(result.ms)}, CPU ${seconds(result.cpuMs)} and ${seconds(nodesCpuMs)} on the nodes`,
      );
      if (round > 0) measures[contender].push({ ...result, wholeMs: ms, totalCpuMs: result.cpuMs + nodesCpuMs });
    }
  }
  const least = (contender: Contender, of: keyof WholeMeasure): number =>
    Math.min(...measures[contender].map((measure) => measure[of]));
  const ratio = (of: keyof WholeMeasure): number => least('nodemend', of) / least('bare', of);
  const each = (of: keyof WholeMeasure): string => (least('nodemend', of) / nodes.addresses.length).toFixed(1);
  return [
    atMost(`${what}: time to that of bare ssh2 (${each('ms')} ms a node)`, ratio('ms'), bars.ratio, '×'),
    atMost(
      `${what}: CPU of client and nodes to that of bare ssh2 (${each('totalCpuMs')} ms a node, ${each('cpuMs')} the client)`,
      ratio('totalCpuMs'),
      undefined,
      '×',
    ),
    ...(await compareWithRivals(
      fixture,
      { ms: least('nodemend', 'wholeMs'), cpuMs: least('nodemend', 'totalCpuMs') },
      options,
    )),
  ];
}

interface OwnTimes {
  /** The whole process. */
  readonly ms: number;
  /** Of the process and of all nodes. */
  readonly cpuMs: number;
}

async function compareWithRivals(
  { nodes, root, nodesCpuMs }: Fixture,
  own: OwnTimes,
  { mayInstall, report }: FanOutOptions,
): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const { name, bar, command } of rivals({ nodes, folder: root.shared, mayInstall })) {
    const what = `${nodes.addresses.length} nodes: faster than ${name}`;
    if (command === undefined) {
      results.push({ what, measured: 'not here' });
      continue;
    }
    const outputFile = join(root.shared, 'output');
    const before = await nodesCpuMs();
    const { ms, cpuMs, exitCode, errors } = await runMeasured({ ...command, outputFile });
    if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}: ${errors}`);
    const onNodes = (await nodesCpuMs()) - before;
    report(
      `  ${nodes.addresses.length} nodes: ${name} ${seconds(ms)}, CPU ${seconds(cpuMs)} and ${seconds(onNodes)} on the nodes`,
    );
    results.push(atLeast(`${what} (${seconds(ms)} to ${seconds(own.ms)})`, ms / own.ms, bar, '×'));
    results.push(atLeast(`${what}: CPU of client and nodes`, (cpuMs + onNodes) / own.cpuMs, undefined, '×'));
  }
  return results;
}

/** What does not depend on how many nodes there are. */
async function measureOne(fixture: Fixture, { openConnections }: FanOutOptions): Promise<readonly BenchResult[]> {
  const probe = await probeCpuMs(fixture.root, fixture.nodes.scriptFile, 20);
  const { count, kbEach, rssMb } = await holdOpen(fixture, openConnections);
  return [
    atMost('probe of the whole catalogue on a node', probe, bars.probeCpuMs, 'ms CPU'),
    atMost(`${count} open connections: memory of each`, kbEach, bars.kbEach, 'KB'),
    atMost(`${count} open connections: memory of the process`, rssMb, bars.rssMb, 'MB'),
  ];
}

async function holdOpen(fixture: Fixture, count: number): Promise<OpenConnectionsMeasure> {
  const folder = fixture.root.shared;
  const hostKey = makeSshKey(folder, 'fake-host');
  const server = spawn(process.execPath, [join(import.meta.dirname, 'fan-out', 'fake-server.ts'), hostKey.path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const { value: port } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
    const knownHostsFile = join(folder, 'fake-known-hosts');
    writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${hostKey.publicLine}\n`);
    const job: OpenConnectionsJob = {
      count,
      port: Number(port),
      identityFile: fixture.nodes.identityFile,
      knownHostsFile,
    };
    return (await inProcess<OpenConnectionsMeasure>(join(bundlesIn(fixture), 'open-connections.mjs'), job)).result;
  } finally {
    server.stdin.end();
  }
}

export function bundlesIn({ root }: Fixture): string {
  return join(root.shared, 'bundles');
}

export function inProcess<T>(file: string, job: object): Promise<{ readonly result: T; readonly ms: number }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = fork(file, [JSON.stringify(job)], { execArgv: ['--expose-gc'] });
    let result: T | undefined;
    child.on('message', (message) => (result = message as T));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result === undefined) reject(new Error(`${file} ended with ${code} and without a result`));
      else resolve({ result, ms: performance.now() - began });
    });
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '100,300' },
      runs: { type: 'string', default: '5' },
      open: { type: 'string', default: '2000' },
    },
  });
  const results = await measureFanOut({
    nodes: values.nodes.split(',').map(Number),
    runs: Number(values.runs),
    openConnections: Number(values.open),
    mayInstall: true,
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
