import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeBundle } from '../../src/evidence/bundle.ts';
import type { Evidence, NodeEvidence } from '../../src/evidence/evidence.ts';
import { fixture } from '../../src/problems/kernel-memory/testing/fixture.ts';
import { launcherFlags } from '../cluster-scan/contenders.ts';
import { runMeasured } from '../measured-process.ts';

const main = join(import.meta.dirname, '../../dist/main.js');

/**
 * Seconds that `nodemend plan kernel-memory --prevent` takes with a bundle of so many nodes, all of which get the boot
 * argument: its start, reading, diagnosing and planning, and writing the plan with every diff; the fastest of its runs.
 * @throws Error when a node is not planned for
 */
export async function secondsOfPlan(nodes: number, runs: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'nodemend-plan-'));
  try {
    const bundle = join(folder, 'bundle.json');
    const outputFile = join(folder, 'plan.txt');
    await writeBundle(bundle, evidenceOf(nodes));
    const words = ['plan', 'kernel-memory', '--prevent', '--bundle', bundle, '--lang', 'en'];
    const times: number[] = [];
    // The first turn of each warms the cache.
    for (let run = 0; run <= runs; run++) {
      const { ms, errors } = await runMeasured({
        program: process.execPath,
        args: [...launcherFlags(), main, ...words],
        outputFile,
      });
      const said = readFileSync(outputFile, 'utf8');
      if (!said.includes(`\n  worker-[0-${nodes - 1}]\n`))
        throw new Error(`not all were planned for: ${said}${errors}`);
      times.push(ms / 1000);
    }
    return Math.min(...times.slice(1));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** CentOS 7 as it is installed, so many times. */
function evidenceOf(nodes: number): Evidence {
  const one = fixture({}, []);
  const [node] = one.nodes;
  if (node === undefined) throw new Error('the fixture has no node');
  return { ...one, nodes: Array.from({ length: nodes }, (_, at) => copyOf(node, at)) };
}

/** What a plan is bound to is each node's own. */
function copyOf(node: NodeEvidence, at: number): NodeEvidence {
  const id = at.toString(16).padStart(12, '0');
  const { api, access } = node;
  if (api.state !== 'seen' || access.state !== 'seen') throw new Error('the fixture’s node was not seen');
  const bootId = `01234567-89ab-4def-8123-${id}`;
  const machineId = `0123456789abcdef0123${id}`;
  return {
    ...node,
    name: `worker-${at}`,
    api: { ...api, value: { ...api.value, uid: `uid-${id}`, bootID: bootId, machineID: machineId } },
    access: { ...access, value: { ...access.value, hostname: `worker-${at}`, bootId, machineId } },
  };
}
