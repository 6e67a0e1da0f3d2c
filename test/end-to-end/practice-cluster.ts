import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daemonFromSources } from '../../lab/daemon-command.ts';
import { labBreakCluster } from '../../lab/cluster-faults.ts';
import { labBreak, labHeal } from '../../lab/lab-break.ts';
import { labDown } from '../../lab/lab-down.ts';
import type { LabStatus } from '../../lab/lab-status.ts';
import { labUp } from '../../lab/lab-up.ts';
import { runOnNodes } from '../../lab/run-on-nodes.ts';
import { problems } from '../../src/problems/testing/all-problems.ts';
import type { TestCluster } from './test-cluster.ts';

/** The practice cluster as the end-to-end suite sees it: the only file of the suite that knows the lab. */
export async function openCluster(name: string, nodes: number): Promise<TestCluster> {
  const parent = mkdtempSync(join(tmpdir(), 'nodemend-e2e-'));
  const lab = { name, stateDir: join(parent, name) };
  const status = await labUp({ ...lab, nodes, daemon: daemonFromSources() }).catch((error: unknown) => {
    rmSync(parent, { recursive: true, force: true });
    throw error;
  });
  const root: TestCluster['root'] = async (node, script, ...args) => {
    const [result] = await runOnNodes({ ...lab, nodes: [node], script, args });
    if (result?.exitCode !== 0) throw new Error(`${node}: exit ${result?.exitCode}: ${result?.output}`);
    return result.output;
  };
  const signalSsh = async (node: string, signal: string): Promise<void> =>
    void (await root(node, 'kill -s "$1" "$(cat /run/sshd.pid)"', signal));
  return {
    ...access(status),
    root,
    breakNodes: async (problem, fault, chosen) => {
      const { faultScript: script, clusterFaults } = problems.find(({ meta }) => meta.id === problem) ?? {};
      if (script === undefined) throw new Error(`no problem is called ${problem}`);
      const objects = clusterFaults?.[fault];
      await (objects
        ? labBreakCluster({ ...lab, fault: { name: fault, objects }, nodes: chosen })
        : labBreak({ ...lab, fault: { name: fault, script }, nodes: chosen }));
    },
    renew: async (chosen) => void (await labHeal({ ...lab, nodes: chosen })),
    freezeSsh: (node) => signalSsh(node, 'STOP'),
    thawSsh: (node) => signalSsh(node, 'CONT'),
    quietLogs: async (node) => void (await root(node, stopWriter)),
    down: async () => {
      await labDown(lab);
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** A node's process ids are its own: none of the machine's is among them. */
const stopWriter = `
  for folder in /proc/[0-9]*; do
    case $(tr '\\0' ' ' <"$folder/cmdline" 2>/dev/null) in
      'sh /usr/lib/nodemend-lab/log-writer.sh '*) kill -s STOP "\${folder#/proc/}" ;;
    esac
  done
`;

function access({
  name,
  nodes,
  folder,
}: LabStatus): Pick<TestCluster, 'nodes' | 'environment' | 'kubeconfig' | 'contexts' | 'hostsFile' | 'credentials'> {
  return {
    nodes: nodes
      .map((node) => ({
        name: node.name,
        user: node.user,
        runtime: node.runtime.startsWith('docker:') ? ('docker' as const) : ('containerd' as const),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    environment: { NODEMEND_CONFIG: folder.configuration },
    kubeconfig: folder.kubeconfig,
    contexts: { change: name, read: `${name}-read` },
    hostsFile: folder.hosts,
    credentials: { sshKey: folder.identity },
  };
}
