/**
 * What `nodemend diagnose --via ssh` does with its nodes, from connecting to the findings as JSON; in a process of its
 * own, as the contenders of fan-out are. The API server is played by what it would have said: nodes of containerd, and
 * a dozen DaemonSets on each, whose images the nodes have.
 */
import { collectEvidence, type AskedNode } from '../../src/evidence/collect.ts';
import type { ClusterEvidence } from '../../src/evidence/evidence.ts';
import { diagnose } from '../../src/engine/diagnose.ts';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { openTransport } from '../../src/transport/open-transport.ts';
import { defaultTransportSettings } from '../../src/transport/settings.ts';
import { budgetSeconds } from '../fan-out/budget.ts';
import type { FanOutMeasure } from '../fan-out/contender.ts';
import type { SshNodes } from '../fan-out/fixture.ts';
// Loaded before the clock starts: `bench/start-up.ts` measures loading.
import '../../src/transport/ssh/ssh-transport.ts';

export interface ImageInventoryJob extends SshNodes {
  /** Facts that nodes are not asked for. */
  readonly without: readonly string[];
}

export interface ImageInventoryMeasure extends FanOutMeasure {
  /** Nodes about whose images nothing could be said. */
  readonly unknown: number;
}

const needed = 12;

const job = JSON.parse(process.argv[2] ?? '{}') as ImageInventoryJob;
const nodes = job.addresses.map(askedNode);
const cluster = clusterOf(nodes.map(({ name }) => name));
const began = performance.now();
const before = process.cpuUsage();
const findings = await diagnosed();
const { user, system } = process.cpuUsage(before);
const unknown = findings.filter(({ problem, rule }) => problem === 'base-images' && rule === 'node-unknown').length;
const measure: ImageInventoryMeasure = { ms: performance.now() - began, cpuMs: (user + system) / 1000, unknown };
process.send?.(measure);
process.disconnect();

async function diagnosed(): Promise<ReturnType<typeof diagnose>['findings']> {
  const settings = { ...defaultTransportSettings({}), knownHostsFiles: [job.knownHostsFile], connectTimeoutMs: 60_000 };
  const transport = openTransport('ssh', settings);
  try {
    const evidence = await collectEvidence({
      version: '0',
      problems: problems.map(({ meta }) => meta.id),
      nodes,
      cluster,
      now: new Date(),
      access: {
        transport,
        targets: nodes.map(({ name, address }) => {
          return { name, address, port: job.port, user: job.user, identityFiles: [job.identityFile] };
        }),
        facts: problems.flatMap(({ facts }) => facts).filter(({ key }) => !job.without.includes(key)),
        budgetSeconds,
        signal: new AbortController().signal,
      },
    });
    for (const { name, access, sections } of evidence.nodes) {
      const unseen = [access, ...Object.values(sections)].find(({ state }) => state !== 'seen');
      if (unseen !== undefined) throw new Error(`${name}: ${JSON.stringify(unseen)}`);
    }
    const { findings } = diagnose(evidence, problems);
    JSON.stringify(findings);
    return findings;
  } finally {
    await transport.close();
  }
}

function askedNode(name: string): AskedNode {
  const api = {
    uid: name,
    createdAt: '2026-01-01T00:00:00Z',
    labels: {},
    taints: [],
    unschedulable: false,
    conditions: [],
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    kernelVersion: '6.1.0',
    containerRuntimeVersion: 'containerd://2.1.0',
    kubeletVersion: 'v1.34.4',
    bootID: '',
    machineID: '',
  };
  return { name, address: name, api };
}

function clusterOf(names: readonly string[]): ClusterEvidence {
  const uses = Array.from({ length: needed }, (_, at) => {
    return {
      namespace: 'kube-system',
      owner: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: `app-${at}` },
      container: 'app',
      role: 'container' as const,
      image: `registry.example.test/app-${at}:1`,
      serviceAccount: 'default',
      pullSecrets: [],
      pods: names.length,
      nodes: names.toSorted(),
    };
  });
  return {
    uid: { state: 'seen', value: 'cluster' },
    context: 'bench',
    server: 'https://127.0.0.1:6443',
    version: { state: 'seen', value: 'v1.34.4' },
    pods: { state: 'seen', value: { pods: needed * names.length, uses, waiting: [] } },
    imageHolds: { state: 'seen', value: [] },
  };
}
