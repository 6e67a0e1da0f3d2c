/**
 * What the probes of the whole catalogue cost a real node of the testbed (systemd, containerd 2, kubelet) with many
 * containers: processor time of nodemend's own shell and what it starts, whole and by section, which is told by leaving
 * it out; and of each client of a daemon (ctr, systemctl) how often it was started and what it took.
 *
 *     sudo sh scripts/with-node.sh bench/catalogue-cost.ts [--containers 500] [--images 60] [--rounds 10]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { composeProbe } from '../src/evidence/probe/compose.ts';
import { problemCatalogue } from '../src/problems/index.ts';
import { loadProblems } from '../src/problems/catalogue-entry.ts';
import { waitUntil } from '../test/end-to-end/wait-until.ts';
import { runProgram } from '../lab/node-root/run-program.ts';
import { onNode } from '../testbed/on-node.ts';
import { testbedDown } from '../testbed/testbed-down.ts';
import { testbedStatus, type TestbedStatus } from '../testbed/testbed-status.ts';
import { testbedUp } from '../testbed/testbed-up.ts';
import { atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';
import nodeWithContainers from './catalogue-cost/node-with-containers.sh?raw';
import rounds from './catalogue-cost/rounds.sh?raw';

/** Issues 15 (point 12) and 16 (point 11): milliseconds of processor time of the probe's own shell and what it starts. */
export const bar = 60;
/** Programs that ask a daemon. Their own time is printed apart. */
const clients = ['ctr', 'crictl', 'docker', 'systemctl', 'journalctl'];
const node = 'containerd2-1';
const marker = '0123456789abcdef0123456789abcdef';

export interface CatalogueCostBench {
  /** As containerd counts them: one of three is the sandbox of a pod. */
  readonly containers: number;
  readonly images: number;
  readonly rounds: number;
  readonly bySection: boolean;
  /** Absent where the size is too small for the bar: then it is only printed. */
  readonly bar?: number;
  readonly report: (line: string) => void;
}

/** Needs root, see `testbed-preflight.ts`. @throws Error when a probe does not come to its end */
export async function measureCatalogueCost(options: CatalogueCostBench): Promise<readonly BenchResult[]> {
  const parent = mkdtempSync(join(tmpdir(), 'nodemend-probe-cost-'));
  const choice = { name: 'probe-cost', stateDir: join(parent, 'probe-cost') };
  try {
    await testbedUp({ ...choice, containerd: 0, containerd2: 1, docker: 0, report: options.report });
    const testbed = await testbedStatus(choice);
    await runOnePod(testbed);
    await root(testbed, nodeWithContainers, [String(options.containers), String(options.images)]);
    return await measure(testbed, options);
  } finally {
    await testbedDown(choice);
    rmSync(parent, { recursive: true, force: true });
  }
}

async function runOnePod({ kubectl, folder }: TestbedStatus): Promise<void> {
  const ask = async (...words: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await runProgram(kubectl, ['--kubeconfig', folder.kubeconfig, ...words]);
    if (exitCode !== 0) throw new Error(`kubectl ${words[0]}: ${stderr}`);
    return stdout;
  };
  // Its controller makes it a moment after the namespace.
  await waitUntil(async () =>
    (await ask('get', 'serviceaccounts')).includes('default') ? undefined : 'no ServiceAccount yet',
  );
  await ask('run', 'app', '--image=docker.io/library/box:1', '--image-pull-policy=Never', '--', 'sleep', '1000000');
  await waitUntil(async () =>
    (await ask('get', 'pod', 'app')).includes('Running') ? undefined : 'the pod does not run',
  );
}

async function root(testbed: TestbedStatus, script: string, args: readonly string[] = []): Promise<string> {
  const { exitCode, stdout, stderr } = await onNode(testbed, node, script, args);
  if (exitCode !== 0) throw new Error(`${node}: exit code ${exitCode}: ${stderr}${stdout}`);
  return stdout;
}

async function measure(testbed: TestbedStatus, options: CatalogueCostBench): Promise<readonly BenchResult[]> {
  const { containers, images, bar: most, report } = options;
  const problems = await loadProblems(problemCatalogue);
  const { script, sections } = composeProbe(problems.flatMap(({ facts }) => facts));
  const whole = await cost(testbed, script, options.rounds);
  for (const section of options.bySection ? sections : []) {
    const without = await cost(testbed, script.replace(new RegExp(`^section ${section} .*$`, 'm'), ''), options.rounds);
    report(`  without ${section}: ${(whole.ownMs - without.ownMs).toFixed(1)} ms CPU less`);
  }
  const what = `probe of the whole catalogue, ${containers} containers, ${images} images`;
  return [
    atMost(`${what}: its own shell`, whole.ownMs, most, 'ms CPU'),
    ...whole.clients.map(({ name, starts, ms }) => ({
      what: `${what}: ${name} beside it, ${ms.toFixed(1)} ms CPU`,
      measured: `${starts} ${starts === 1 ? 'start' : 'starts'}`,
      bar: '≤ 1 start',
      held: starts <= 1,
    })),
  ];
}

interface CatalogueCost {
  /** Of all processes but the clients; the least of all rounds, because other work on a machine only makes one dearer. */
  readonly ownMs: number;
  /** Those that were started. */
  readonly clients: readonly { readonly name: string; readonly starts: number; readonly ms: number }[];
}

async function cost(testbed: TestbedStatus, script: string, count: number): Promise<CatalogueCost> {
  const file = '/run/probe-cost';
  await root(testbed, `cat >${file} <<'PROBE-COST-END'\n${script}PROBE-COST-END\n`);
  const lines = (await root(testbed, rounds, [marker, String(count), file, ...clients])).trim().split('\n');
  const words = (first: string): readonly (readonly string[])[] =>
    lines.map((line) => line.split(' ')).filter(([word]) => word === first);
  const end = await root(testbed, `tail -c 200 ${file}.out`);
  if (!new RegExp(`^nodemend:${marker} end `, 'm').test(end))
    throw new Error(`a probe did not come to its end: ${end}`);
  const starts = words('client').reduce((sum, [, , of]) => sum + Number(of), 0) / count;
  return {
    ownMs:
      Math.min(...words('round').map(([, all, ofClients]) => (Number(all) - Number(ofClients)) / 1e6)) -
      (Number(words('script')[0]?.[1]) * starts) / 1e6,
    clients: words('client')
      .map(([, name = '', starts, ns]) => ({ name, starts: Number(starts) / count, ms: Number(ns) / 1e6 }))
      .filter(({ starts }) => starts > 0),
  };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      containers: { type: 'string', default: '500' },
      images: { type: 'string', default: '60' },
      rounds: { type: 'string', default: '10' },
    },
  });
  const results = await measureCatalogueCost({
    containers: Number(values.containers),
    images: Number(values.images),
    rounds: Number(values.rounds),
    bySection: true,
    bar,
    report: (line) => console.error(line),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
