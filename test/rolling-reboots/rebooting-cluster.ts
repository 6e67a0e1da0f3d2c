import { rmSync } from 'node:fs';
import { exclusionLabel, marksAnnotation, scaleInAnnotation } from '../../src/engine/rollout/drain/node-marks.ts';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { object, text, texts } from '../../src/kubernetes/json-fields.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { createPodNamespace } from '../../src/transport/testing/pod-fixtures.ts';
import { onNode } from '../../testbed/on-node.ts';
import type { TestbedStatus } from '../../testbed/testbed-status.ts';
import { startTestTestbed, type TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { operatorOf, type Operator } from '../end-to-end/operator.ts';
import { writeSshProgram } from '../end-to-end/ssh-program.ts';
import { startRequestLoad, type RequestLoad } from './request-load.ts';
import { watchReturns, type Returns } from './watch-returns.ts';
import { namespace, shop, webPort } from './shop.ts';

/** Five nodes that boot what their own GRUB says, a shop on them, and its customers. */
export interface RebootingCluster {
  readonly testbed: TestTestbed;
  readonly status: TestbedStatus;
  readonly api: KubernetesApi;
  readonly load: RequestLoad;
  readonly nodes: readonly string[];
  readonly returns: Returns['seen'];
  /** Each way of reaching nodes is an operator at a machine of their own, and the arguments that name it. */
  readonly operators: Readonly<Record<Way, Operator>>;
  readonly down: () => Promise<void>;
}

export type Way = 'ssh' | 'system-ssh' | 'pod';
export const wayArguments: Readonly<Record<Way, readonly string[]>> = {
  ssh: ['--via', 'ssh'],
  'system-ssh': ['--via', 'system-ssh'],
  pod: ['--via', 'pod', '--pod-image', 'localhost/box:1'],
};

export async function openRebootingCluster(): Promise<RebootingCluster> {
  const testbed = await startTestTestbed({ containerd: 3, containerd2: 1, docker: 1 }, { name: 'rolling', grub: true });
  const left: (() => Promise<unknown> | void)[] = [testbed.down];
  const down = async (): Promise<void> => {
    for (const leave of left.toReversed()) await leave();
  };
  try {
    const status = await testbed.status();
    const { folder, plan } = status;
    const api = await openKubernetes({ kubeconfig: folder.kubeconfig, environment: {} });
    left.push(api.close);
    // The Docker node has the last kubelet that speaks to Docker itself: a node group of its own, as on NKS.
    for (const { name, runtime } of plan.nodes)
      await testbed.kubectl(
        'label',
        'node',
        name,
        `magnum.openstack.org/nodegroup=${runtime === 'docker' ? 'old' : 'new'}`,
      );
    await testbed.kubectl('create', 'namespace', 'nodemend');
    await createPodNamespace(testbed);
    for (const [path, body] of shop) await api.create(path, body, () => undefined);
    for (const workload of ['deployment/web', 'daemonset/agent'])
      await testbed.kubectl('-n', namespace, 'rollout', 'status', workload, '--timeout=120s');
    const load = await startRequestLoad(status, api, { namespace, name: 'web', port: webPort });
    left.push(load.stop);
    const returns = await watchReturns(api);
    left.push(returns.stop);
    const sshFolder = writeSshProgram(folder.sshConfig);
    left.push(() => rmSync(sshFolder, { recursive: true }));
    const operators = {
      ssh: operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration }),
      'system-ssh': operatorOf(undefined, {
        KUBECONFIG: folder.kubeconfig,
        PATH: `${sshFolder}:${process.env['PATH'] ?? ''}`,
      }),
      pod: operatorOf(undefined, { KUBECONFIG: folder.kubeconfig }),
    };
    for (const operator of Object.values(operators)) left.push(operator.leave);
    return {
      testbed,
      status,
      api,
      load,
      nodes: plan.nodes.map(({ name }) => name),
      returns: returns.seen,
      operators,
      down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}

/** What the kernel of a node says that it was booted with, and in which boot it is. */
export async function bootOf(
  { status }: RebootingCluster,
  node: string,
): Promise<{ id: string; words: readonly string[] }> {
  const { exitCode, stdout, stderr } = await onNode(status, node, 'cat /proc/sys/kernel/random/boot_id /proc/cmdline');
  if (exitCode !== 0) throw new Error(`${node}: ${stderr}`);
  const [id = '', line = ''] = stdout.split('\n');
  return { id, words: line.split(' ') };
}

/** How often a node was told to reboot, and how its runs ended otherwise, as its power supply counts. */
export async function stopsOf({ testbed }: RebootingCluster, node: string): Promise<readonly string[]> {
  return ((await testbed.status()).events.get(node) ?? []).flatMap((each) =>
    each.event === 'ended' ? [each.how] : [],
  );
}

export interface Service {
  readonly unschedulable: boolean;
  /** Of nodemend, and those that it sets for others. */
  readonly marks: readonly string[];
}

const ours: readonly string[] = [marksAnnotation, exclusionLabel, scaleInAnnotation];

/** Whether pods come to a node, and what is written on it of a run. */
export function serviceOf({ api }: RebootingCluster, node: string): Promise<Service> {
  return api.get(`/api/v1/nodes/${node}`, (raw: JsonObject) => {
    const { labels, annotations } = object(raw['metadata']);
    return {
      unschedulable: object(raw['spec'])['unschedulable'] === true,
      marks: Object.keys({ ...texts(labels), ...texts(annotations) }).filter((key) => ours.includes(key)),
    };
  });
}

export const inService: Service = { unschedulable: false, marks: [] };

/** Nodes with a web server, the one with none is left out. */
export function webNodes({ api }: RebootingCluster): Promise<readonly string[]> {
  return api.list(`/api/v1/namespaces/${namespace}/pods`, {
    labelSelector: 'app=web',
    project: (raw) => text(object(raw['spec'])['nodeName']),
  });
}
