import type { TestTestbed } from '../../../testbed/testing/test-testbed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { ExecProtocol } from '../../kubernetes/exec/channels.ts';
import { openKubernetes } from '../../kubernetes/open-kubernetes.ts';
import { createPodTransport } from '../pod-exec/pod-transport.ts';
import { defaultPodNamespace, type PodSettings } from '../pod-exec/pod-settings.ts';
import type { NodeTarget } from '../transport.ts';
import type { ExecutionFixture } from './execution-fixture.ts';
import type { FanOutFixture } from './fan-out-contract.ts';
import { processesWith } from './testbed-processes.ts';

/** On every node of a testbed; busybox and nothing else. */
const testImage = 'localhost/box:1';

export function podTarget(name: string): NodeTarget {
  return { name, address: 'is not used', identityFiles: [] };
}

export async function apiOf(testbed: TestTestbed): Promise<KubernetesApi> {
  const { folder } = await testbed.status();
  return openKubernetes({ kubeconfig: folder.kubeconfig, environment: {} });
}

/** As the error says that misses it. */
export async function createPodNamespace(testbed: TestTestbed): Promise<void> {
  await testbed.kubectl('create', 'namespace', defaultPodNamespace);
  await testbed.kubectl('label', 'namespace', defaultPodNamespace, 'pod-security.kubernetes.io/enforce=privileged');
}

export function podSettings(api: KubernetesApi, more: Partial<PodSettings> = {}): PodSettings {
  return {
    api,
    namespace: defaultPodNamespace,
    image: testImage,
    pullPolicy: 'Never',
    imagePullSecrets: [],
    startTimeoutMs: 60_000,
    ...more,
  };
}

/** As an API server would be that knows only these. */
function speaking(api: KubernetesApi, protocols: readonly ExecProtocol[]): KubernetesApi {
  return { ...api, exec: (request) => api.exec({ ...request, protocols }) };
}

export async function createPodExecutionFixture(
  testbed: TestTestbed,
  node: string,
  protocols: readonly ExecProtocol[],
): Promise<ExecutionFixture> {
  const api = await apiOf(testbed);
  const transport = createPodTransport(podSettings(speaking(api, protocols)));
  return {
    root: { transport, target: podTarget(node) },
    processesWith: (text) => processesWith(testbed, [node], text),
    close: async () => {
      await transport.close();
      await api.close();
    },
  };
}

export async function createPodFanOutFixture(testbed: TestTestbed, nodes: readonly string[]): Promise<FanOutFixture> {
  const api = await apiOf(testbed);
  const transport = createPodTransport(podSettings(api));
  return {
    transport,
    targets: (count) => nodes.slice(0, count).map(podTarget),
    processesWith: (text) => processesWith(testbed, nodes, text),
    close: async () => {
      await transport.close();
      await api.close();
    },
  };
}
