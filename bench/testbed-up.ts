/**
 * What a contributor waits for: from nothing to a testbed of three nodes that are Ready (two with containerd, one with
 * Docker and its own kubelet), a node's reboot from `systemctl reboot` to SSH again, and `down`. The programs come from
 * the cache; building them is not in it. Each run is a testbed of its own. The fastest counts, because other work on a
 * machine only ever makes one slower.
 *
 *     sudo sh scripts/with-node.sh bench/testbed-up.ts [--runs 3]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findPrograms } from '../testbed/programs.ts';
import { rebootNode } from '../testbed/on-node.ts';
import { testbedDown } from '../testbed/testbed-down.ts';
import { testbedStatus } from '../testbed/testbed-status.ts';
import { testbedUp } from '../testbed/testbed-up.ts';
import { exitCodeOf, renderResults, type BenchResult } from './result.ts';

const size = { containerd: 2, docker: 1 } as const;
/** Seconds until three nodes are Ready. */
const readyBar = 15;

interface Run {
  readonly upMs: number;
  readonly rebootMs: number;
  readonly downMs: number;
}

export interface TestbedUpBench {
  readonly runs: number;
  readonly report: (line: string) => void;
}

/** Needs root, see `testbed-preflight.ts`. @throws Error when a node is none that its own kubelet speaks for */
export async function measureTestbedUp({ runs, report }: TestbedUpBench): Promise<readonly BenchResult[]> {
  await findPrograms({ environment: process.env, docker: 'kubelet', containerd2: false, report });
  const measured: Run[] = [];
  for (let run = 1; run <= runs; run++) {
    const one = await measureRun(report);
    report(`  run ${run}: up ${seconds(one.upMs)}, reboot ${seconds(one.rebootMs)}, down ${seconds(one.downMs)}`);
    measured.push(one);
  }
  const least = (of: keyof Run): number => Math.min(...measured.map((run) => run[of]));
  return [
    {
      what: 'three nodes Ready, from nothing',
      measured: seconds(least('upMs')),
      bar: `≤ ${readyBar} s`,
      held: least('upMs') <= readyBar * 1000,
    },
    { what: 'a node reboots, SSH to SSH', measured: seconds(least('rebootMs')) },
    { what: 'down', measured: seconds(least('downMs')) },
  ];
}

async function measureRun(report: (line: string) => void): Promise<Run> {
  const parent = mkdtempSync(join(tmpdir(), 'nodemend-testbed-up-'));
  const choice = { name: 'bench', stateDir: join(parent, 'bench') };
  try {
    const up = await timed(async () => testbedUp({ ...choice, ...size, report }));
    const status = await testbedStatus(choice);
    const standIns = status.plan.nodes.filter(({ name }) =>
      status.events.get(name)?.some(({ event }) => event === 'stand-in'),
    );
    if (standIns.length > 0)
      throw new Error(
        `no kubelet speaks for ${standIns.map(({ name }) => name).join(', ')}: what was measured is not what is asked`,
      );
    const rebootMs = await rebootNode(status, 'containerd-1');
    const down = await timed(async () => testbedDown(choice));
    return { upMs: up, rebootMs, downMs: down };
  } finally {
    await testbedDown(choice);
    rmSync(parent, { recursive: true, force: true });
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '3' } } });
  const results = await measureTestbedUp({ runs: Number(values.runs), report: (line) => console.error(line) });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
