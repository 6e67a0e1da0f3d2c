/**
 * What `nodemend reboot` takes of a node's time beside its drain and its boot: locks, checks, the plan's preconditions,
 * marks, waiting that ends later than what it waits for. On real nodes of the testbed, one after the other. A boot is
 * from the order to reboot to the first word of the API server that the node is Ready in another boot, as somebody else
 * sees it who asks twenty times a second; a soak there is not.
 *
 *     sudo sh scripts/with-node.sh bench/reboot-overhead.ts [--nodes 3]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { JournalEntry } from '../src/engine/journal/entry.ts';
import type { JsonObject } from '../src/kubernetes/api.ts';
import { openKubernetes } from '../src/kubernetes/open-kubernetes.ts';
import { operatorOf } from '../test/end-to-end/operator.ts';
import { testbedDown } from '../testbed/testbed-down.ts';
import { testbedStatus } from '../testbed/testbed-status.ts';
import { testbedUp } from '../testbed/testbed-up.ts';
import { secondsByNode, type ReadyAgain } from './reboot-overhead/seconds-by-node.ts';
import { atMost, exitCodeOf, renderResults, type BenchResult } from './result.ts';

/** Issue 14, point 12: seconds a node. */
const bar = 2;

export interface RebootOverheadBench {
  readonly nodes: number;
  readonly report: (line: string) => void;
}

/** Needs root, see `testbed-preflight.ts`. @throws Error when a node is not rebooted */
export async function measureRebootOverhead({ nodes, report }: RebootOverheadBench): Promise<readonly BenchResult[]> {
  const parent = mkdtempSync(join(tmpdir(), 'nodemend-reboot-overhead-'));
  const choice = { name: 'overhead', stateDir: join(parent, 'overhead') };
  try {
    await testbedUp({ ...choice, containerd: nodes, docker: 0, report });
    const { folder } = await testbedStatus(choice);
    const { journal, ready } = await reboot(folder, nodes);
    const seconds = secondsByNode(journal, ready);
    if (seconds.size !== nodes) throw new Error(`${seconds.size} of ${nodes} nodes were rebooted`);
    for (const [node, { whole, drain, boot }] of seconds)
      report(`  ${node}: ${whole.toFixed(2)} s, of which drain ${drain.toFixed(2)} and boot ${boot.toFixed(2)}`);
    const own = [...seconds.values()].map(({ whole, drain, boot }) => whole - drain - boot);
    return [atMost(`nodemend reboot of ${nodes} nodes: a node beside drain and boot`, Math.min(...own), bar, 's')];
  } finally {
    await testbedDown(choice);
    rmSync(parent, { recursive: true, force: true });
  }
}

interface Rebooted {
  readonly journal: readonly JournalEntry[];
  readonly ready: ReadyAgain;
}

async function reboot(
  folder: { readonly kubeconfig: string; readonly configuration: string },
  nodes: number,
): Promise<Rebooted> {
  const api = await openKubernetes({ kubeconfig: folder.kubeconfig, environment: {} });
  const operator = operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration });
  try {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'nodemend' } };
    await api.create('/api/v1/namespaces', namespace, () => undefined);
    const ended = new AbortController();
    const ready = whenReadyAgain(() => api.list('/api/v1/nodes', { project: listedNode }), ended.signal);
    const set = Array.from({ length: nodes }, (_, at) => `containerd-${at + 1}`).join(',');
    const words = ['--reason', 'bench', '--via', 'ssh', '--allow', 'reboot', '--soak', '0', '--yes'];
    const { exitCode, stdout, stderr } = await operator.nodemend('reboot', '--nodes', set, ...words);
    ended.abort();
    if (exitCode !== 0) throw new Error(`nodemend reboot ended with ${exitCode}: ${stdout}${stderr}`);
    return { journal: operator.journal(operator.runs().at(-1) ?? ''), ready: await ready };
  } finally {
    operator.leave();
    await api.close();
  }
}

interface ListedNode {
  readonly name: string;
  readonly bootId: string;
  readonly isReady: boolean;
}

/** When each node was seen Ready in another boot than at first, by its name; milliseconds since 1970. */
async function whenReadyAgain(list: () => Promise<readonly ListedNode[]>, ended: AbortSignal): Promise<ReadyAgain> {
  const first = new Map<string, string>();
  const ready = new Map<string, number>();
  while (!ended.aborted) {
    for (const { name, bootId, isReady } of await list()) {
      if (!first.has(name)) first.set(name, bootId);
      else if (first.get(name) !== bootId && isReady && !ready.has(name)) ready.set(name, Date.now());
    }
    await sleep(50);
  }
  return ready;
}

function listedNode(raw: JsonObject): ListedNode {
  const { status } = raw as unknown as RawNode;
  return {
    name: (raw as unknown as RawNode).metadata.name,
    bootId: status.nodeInfo.bootID,
    isReady: status.conditions.some((one) => one.type === 'Ready' && one.status === 'True'),
  };
}

interface RawNode {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly nodeInfo: { readonly bootID: string };
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { nodes: { type: 'string', default: '3' } } });
  const results = await measureRebootOverhead({
    nodes: Number(values.nodes),
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(renderResults(results));
  process.exitCode = exitCodeOf(results);
}
