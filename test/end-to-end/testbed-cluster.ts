import { dirname } from 'node:path';
import { guideRule, proxySettings } from '../../lab/node/node-files.ts';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { runKubectl } from '../../testbed/run-kubectl.ts';
import { loginUser, type TestbedSize } from '../../testbed/testbed-plan.ts';
import type { TestbedStatus } from '../../testbed/testbed-status.ts';
import { startTestTestbed } from '../../testbed/testing/test-testbed.ts';
import firstDayScript from './first-day.sh?raw';
import { openNodeShells, type NodeShells } from './node-shells.ts';
import signalWritersScript from './signal-writers.sh?raw';
import type { TestCluster } from './test-cluster.ts';
import { accessObjects, writeTestbedAccess, type TestbedAccess } from './testbed-access.ts';
import { workload, workloadRuns, writerWord, type Kubectl } from './testbed-workload.ts';
import { waitUntil } from './wait-until.ts';

/** A testbed as the end-to-end suite sees it, and what only a real cluster has. */
export interface TestbedCluster extends TestCluster {
  readonly testbed: TestbedStatus;
  /** As the cluster's administrator. @returns standard output @throws Error when it fails */
  readonly kubectl: Kubectl;
  /** All nodes as on the first day, without a reboot. */
  readonly reset: () => Promise<void>;
}

/**
 * Starts a testbed with what a cluster has from its provider and its users: the guide's rule on Docker nodes, a
 * workload that logs, a reader.
 */
export async function openTestbedCluster(name: string, size: TestbedSize): Promise<TestbedCluster> {
  // Room for what the rules of all pods that fit may keep: on a smaller disk that is a warning, and rightly so.
  const started = await startTestTestbed(size, { name, diskBytes: 4 * 1024 ** 3 });
  // Goes with the testbed.
  const folder = dirname(started.stateDir);
  const opened: NodeShells[] = [];
  const down = async (): Promise<void> => {
    for (const shells of opened) await shells.close();
    await started.down();
  };
  try {
    const testbed = await started.status();
    const shells = await openNodeShells(testbed, folder);
    opened.push(shells);
    const kubectl = kubectlOf(testbed);
    await furnish(testbed, kubectl, shells);
    const token = await kubectl(['create', 'token', 'reader', '--namespace', 'nodemend', '--duration=12h']);
    return {
      ...clusterOf({ testbed, kubectl, shells, access: writeTestbedAccess(folder, testbed, token.trim()) }),
      down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}

/** One cluster for several suites: each gets it as on the first day, and the last one to leave is who opened it. */
export function shareCluster(open: () => Promise<TestbedCluster>): {
  readonly create: () => Promise<TestbedCluster>;
  readonly down: () => Promise<void>;
} {
  let opened: Promise<TestbedCluster> | undefined;
  return {
    create: async () => {
      const isFirst = opened === undefined;
      const cluster = await (opened ??= open());
      if (!isFirst) await cluster.reset();
      return { ...cluster, down: () => Promise.resolve() };
    },
    down: async () => (await opened)?.down(),
  };
}

function kubectlOf(testbed: TestbedStatus): Kubectl {
  return async (args, input = '') => {
    const { exitCode, stdout, stderr } = await runKubectl(testbed, args, input);
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
}

async function furnish({ plan }: TestbedStatus, kubectl: Kubectl, { root }: NodeShells): Promise<void> {
  const items = [...accessObjects, ...workload];
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await Promise.all(
    plan.nodes.map(async ({ name, runtime }) => {
      if (runtime === 'docker')
        for (const { path, content } of [guideRule, proxySettings]) await root(name, writeFile, path, content);
    }),
  );
  await workloadRuns(kubectl);
  await Promise.all(plan.nodes.map(({ name }) => root(name, firstDayScript, 'keep')));
}

const writeFile = 'mkdir -p "${1%/*}" && printf %s "$2" >"$1"';

interface Parts {
  readonly testbed: TestbedStatus;
  readonly kubectl: Kubectl;
  readonly shells: NodeShells;
  readonly access: TestbedAccess;
}

function clusterOf({ testbed, kubectl, shells, access }: Parts): Omit<TestbedCluster, 'down'> {
  const { root } = shells;
  const names = testbed.plan.nodes.map(({ name }) => name);
  /** Fails as long as nothing writes logs there. */
  const restore = async (node: string): Promise<void> => {
    await root(node, firstDayScript, 'restore');
    await root(node, signalWritersScript, 'CONT', writerWord);
  };
  const signalSsh = async (node: string, signal: string): Promise<void> =>
    void (await root(node, 'kill -s "$1" "$(cat /run/sshd.pid)"', signal));
  return {
    testbed,
    kubectl,
    root,
    nodes: testbed.plan.nodes
      .map(({ name, runtime }) => ({
        name,
        runtime: runtime === 'docker' ? ('docker' as const) : ('containerd' as const),
        user: loginUser,
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    environment: { NODEMEND_CONFIG: access.configuration },
    kubeconfig: access.kubeconfig,
    contexts: access.contexts,
    hostsFile: testbed.folder.hosts,
    credentials: { sshKey: testbed.folder.identity },
    breakNodes: async (problem, fault, nodes) => {
      const script = problems.find(({ meta }) => meta.id === problem)?.faultScript;
      if (script === undefined) throw new Error(`no problem is called ${problem}`);
      for (const node of nodes) await root(node, script, fault);
    },
    reset: async () => {
      await Promise.all(names.map(restore));
      await kubectl(['delete', 'leases', '--all', '--namespace', 'nodemend']);
    },
    renew: async (nodes) => {
      await Promise.all(
        nodes.map(async (node) => {
          await restore(node);
          await reboot(node, { kubectl, shells });
          await waitUntil(() => restore(node).then(() => undefined));
          await root(node, firstDayScript, 'keep');
        }),
      );
    },
    freezeSsh: (node) => signalSsh(node, 'STOP'),
    thawSsh: (node) => signalSsh(node, 'CONT'),
    quietLogs: async (node) => void (await root(node, signalWritersScript, 'STOP', writerWord)),
  };
}

/** Until the API tells the new boot, and that the node is Ready. */
async function reboot(node: string, { kubectl, shells }: Pick<Parts, 'kubectl' | 'shells'>): Promise<void> {
  const before = await shells.root(node, 'cat /proc/sys/kernel/random/boot_id');
  // The connection ends with the node.
  await shells.root(node, 'systemctl reboot').catch(() => undefined);
  const fields = 'jsonpath={.status.nodeInfo.bootID} {.status.conditions[?(@.type=="Ready")].status}';
  await waitUntil(async () => {
    const [bootId, ready] = (await kubectl(['get', 'node', node, '-o', fields])).split(' ');
    return bootId !== before.trim() && ready === 'True' ? undefined : `${node} is not Ready after its reboot`;
  });
  await shells.connect([node]);
}
