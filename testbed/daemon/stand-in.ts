import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesApi } from '../../src/kubernetes/api.ts';
import type { PlannedNode } from '../testbed-plan.ts';
import type { Nodes } from './nodes.ts';
import { dockerAnswers, sshAnswers } from './node-answers.ts';
import { StandInNode } from './stand-in-node.ts';

export interface StandInOptions {
  readonly api: KubernetesApi;
  readonly nodes: Nodes;
  /** The Docker nodes. */
  readonly docker: readonly PlannedNode[];
  /** Why they have no kubelet; undefined when they have one. */
  readonly noKubelet: string | undefined;
  /** How long a kubelet may take to register its node, ms. */
  readonly registrationMs: number;
}

/** As often as the testbed's kubelets. */
const heartbeatMs = 5000;

/**
 * Where no kubelet speaks for a Docker node (there is none, or it does not register), the testbed keeps its Node object
 * itself. It says so in the node's events, in `status` and in the object.
 */
export async function standInForKubelets(options: StandInOptions): Promise<void> {
  const { docker, noKubelet } = options;
  const silent = noKubelet === undefined ? await unregistered(options) : docker;
  for (const node of silent) await standIn(options, node);
}

async function standIn({ api, nodes, noKubelet, registrationMs }: StandInOptions, node: PlannedNode): Promise<void> {
  const reason = noKubelet ?? `its kubelet did not register within ${registrationMs / 1000} s`;
  if (noKubelet === undefined) await nodes.silenceKubelet(node, reason);
  else nodes.noteStandIn(node, reason);
  const object = await StandInNode.open(api, node, reason);
  void keep(object, async () => servingBoot(nodes, node));
}

/** Those whose kubelets have been silent for too long. */
async function unregistered({ api, docker, registrationMs }: StandInOptions): Promise<readonly PlannedNode[]> {
  const deadline = performance.now() + registrationMs;
  for (;;) {
    const names = new Set(await api.list('/api/v1/nodes', { project: nameOf }));
    const missing = docker.filter(({ name }) => !names.has(name));
    if (missing.length === 0 || performance.now() > deadline) return missing;
    await sleep(100);
  }
}

function nameOf(raw: object): string {
  return (raw as { readonly metadata: { readonly name: string } }).metadata.name;
}

/** The boot id of a node that has come as far as one whose kubelet says that it is Ready; undefined before. */
async function servingBoot(nodes: Nodes, node: PlannedNode): Promise<string | undefined> {
  const running = nodes.power(node.name).running;
  if (!running || !nodes.hasImages(node)) return undefined;
  const answers = await Promise.all([dockerAnswers(running.init), sshAnswers(node.networkAddress)]);
  return answers.includes(false) ? undefined : running.bootId;
}

/**
 * As long as the testbed lives. A node that is off says nothing, and the controller manager finds it out as it does for
 * every other.
 */
async function keep(object: StandInNode, servingBootId: () => Promise<string | undefined>): Promise<never> {
  for (;;) {
    const boot = await servingBootId();
    // The API server may be restarting; the next heartbeat comes.
    if (boot !== undefined)
      await object.beat(boot).catch((error: Error) => console.error(`stand-in: ${error.message}`));
    await sleep(boot === undefined ? 100 : heartbeatMs);
  }
}
