import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestTestbed, type TestTestbed } from '../../../testbed/testing/test-testbed.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { ask, type Place } from '../testing/place.ts';
import { apiOf, createPodNamespace, podSettings, podTarget } from '../testing/pod-fixtures.ts';
import type { Transport } from '../transport.ts';
import { defaultPodNamespace, type PodSettings } from './pod-settings.ts';
import { createPodTransport } from './pod-transport.ts';

let testbed: TestTestbed;
let api: KubernetesApi;
const node = 'containerd-1';
const open: Transport[] = [];

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, docker: 0 }, 'podlife');
  api = await apiOf(testbed);
});
afterAll(async () => {
  for (const transport of open) await transport.close();
  await api?.close();
  await testbed?.down();
});

function place(settings: Partial<PodSettings> = {}, name = node): Place {
  const transport = createPodTransport(podSettings(api, settings));
  open.push(transport);
  return { transport, target: podTarget(name) };
}

const say = { script: 'echo "on $(hostname)"' };
const patience = { timeout: 60_000, interval: 250 };

/** Jobs and pods of a namespace, one per line. */
async function made(namespace = defaultPodNamespace): Promise<string> {
  return testbed.kubectl('get', 'jobs,pods', '--namespace', namespace, '--output', 'name', '--ignore-not-found');
}

async function untilNothingIsMade(namespace?: string): Promise<void> {
  await vi.waitFor(async () => expect(await made(namespace)).toBe(''), patience);
}

describe('a pod is refused', () => {
  it('where there is no namespace for it', async () => {
    await expect(ask(place(), say)).rejects.toMatchObject({
      code: 'POD_NAMESPACE_MISSING',
      params: { namespace: defaultPodNamespace },
    });
    await createPodNamespace(testbed);
  });

  it('by Pod Security, which is named with what it has against it', async () => {
    await testbed.kubectl('create', 'namespace', 'guarded');
    await testbed.kubectl('label', 'namespace', 'guarded', 'pod-security.kubernetes.io/enforce=baseline');
    await expect(ask(place({ namespace: 'guarded' }), say)).rejects.toMatchObject({
      code: 'POD_REFUSED',
      params: {
        node,
        namespace: 'guarded',
        message: expect.stringMatching(
          /violates PodSecurity "baseline:latest": host namespaces .*hostPID=true/,
        ) as string,
      },
    });
    await untilNothingIsMade('guarded');
  });

  it('by a quota, in the quota’s words', async () => {
    await testbed.kubectl('create', 'namespace', 'small');
    await testbed.kubectl('create', 'quota', 'none', '--namespace', 'small', '--hard=pods=0');
    await vi.waitFor(
      async () =>
        expect(await testbed.kubectl('get', 'quota', 'none', '-n', 'small', '-o', 'jsonpath={.status.hard.pods}')).toBe(
          '0',
        ),
      patience,
    );
    await expect(ask(place({ namespace: 'small' }), say)).rejects.toMatchObject({
      code: 'POD_REFUSED',
      params: { message: expect.stringContaining('exceeded quota: none') as string },
    });
  });
});

describe('a pod does not start', () => {
  it('without its image: the runtime’s own words', async () => {
    await expect(
      ask(place({ image: 'registry.invalid/no/such:1', pullPolicy: 'IfNotPresent' }), say),
    ).rejects.toMatchObject({
      code: 'POD_IMAGE_UNAVAILABLE',
      params: {
        node,
        image: 'registry.invalid/no/such:1',
        detail: expect.stringContaining('failed to resolve reference') as string,
      },
    });
    await untilNothingIsMade();
  });

  it('on a node whose kubelet does not answer', async () => {
    const ghost = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'ghost' } };
    await api.create('/api/v1/nodes', ghost, () => undefined);
    await expect(ask(place({}, 'ghost'), say)).rejects.toMatchObject({
      code: 'POD_NODE_NOT_READY',
      params: { node: 'ghost' },
    });
    await expect(ask(place({}, 'unheard-of'), say)).rejects.toMatchObject({
      code: 'POD_NODE_NOT_READY',
      params: { detail: 'the API server does not know the node' },
    });
    await testbed.kubectl('delete', 'node', 'ghost');
    expect(await made()).toBe('');
  });

  it('in no time at all', async () => {
    await expect(ask(place({ startTimeoutMs: 50 }), say)).rejects.toMatchObject({
      code: 'POD_NOT_STARTED',
      params: { node, detail: expect.stringContaining('not within 0.05 s') as string },
    });
  });

  it('when it is interrupted, and nothing is left of it', async () => {
    const { transport, target } = place();
    const interrupted = transport.connect(target, AbortSignal.timeout(200));
    await expect(interrupted).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED', params: { node } });
    await transport.close();
    await untilNothingIsMade();
  });
});

describe('a pod', () => {
  it('goes onto a node that takes no other, and is gone when the transport is closed', async () => {
    await testbed.kubectl('cordon', node);
    await testbed.kubectl('taint', 'node', node, 'nobody=here:NoExecute');
    const { transport, target } = place();
    expect(await ask({ transport, target }, say)).toMatchObject({ stdout: `on ${node}\n`, privilege: 'root' });
    expect(await made()).toMatch(/^job\S+\npod\S+\n$/);
    await transport.close();
    expect(await made()).toBe('');
    await testbed.kubectl('taint', 'node', node, 'nobody-');
    await testbed.kubectl('uncordon', node);
  });

  it('is shared by the connections to its node, and made again when it is lost', async () => {
    const here = place();
    await Promise.all([ask(here, say), ask(here, say), ask(here, say)]);
    const [pod = ''] = (await made()).split('\n').filter((name) => name.startsWith('pod/'));
    const kept = await here.transport.connect(here.target, new AbortController().signal);
    const hanging = ask(here, { script: 'sleep 1000', timeoutMs: 60_000 });
    const lost = expect(hanging).rejects.toMatchObject({
      code: 'POD_CONNECTION_LOST',
      params: { node, pod: pod.slice('pod/'.length) },
    });
    await testbed.kubectl('delete', pod, '--namespace', defaultPodNamespace, '--grace-period=1', '--wait=false');
    await lost;
    const again = (): Promise<unknown> =>
      kept.exec({ script: 'echo', args: [], privilege: 'root', timeoutMs: 10_000, maxOutputBytes: 100 });
    await vi.waitFor(
      () =>
        expect(again()).rejects.toMatchObject({
          code: 'POD_CONNECTION_LOST',
          params: { detail: 'the pod is no longer reached' },
        }),
      patience,
    );
    await kept.close();
    await expect(again()).rejects.toMatchObject({
      code: 'POD_CONNECTION_LOST',
      params: { detail: 'it was closed before the command' },
    });
    await vi.waitFor(async () => expect(await ask(here, say)).toMatchObject({ stdout: `on ${node}\n` }), patience);
    await here.transport.close();
    await untilNothingIsMade();
  });

  it('tells that it cannot get into the node’s root', async () => {
    const { transport, target } = place();
    const connection = await transport.connect(target, new AbortController().signal);
    const [pod = ''] = (await made()).split('\n').filter((name) => name.startsWith('pod/'));
    // Over what the pod sees of the node, and only there: the mount does not go back to it.
    await testbed.kubectl(
      'exec',
      '--namespace',
      defaultPodNamespace,
      pod,
      '--',
      'busybox',
      'mount',
      '-t',
      'tmpfs',
      'none',
      '/host',
    );
    const failing = connection.exec({
      script: 'echo',
      args: [],
      privilege: 'root',
      timeoutMs: 10_000,
      maxOutputBytes: 100,
    });
    await expect(failing).rejects.toMatchObject({
      code: 'POD_COMMAND_FAILED',
      params: { node, detail: expect.stringContaining('/bin/sh') as string },
    });
    await transport.close();
    expect(await testbed.root(node, 'hostname')).toBe(`${node}\n`);
  });

  it('ends soon after nodemend was killed, but not before the script under way has', async () => {
    const { folder } = await testbed.status();
    const script = 'echo begun; trap "" HUP PIPE; sleep 4; touch /run/came-to-its-end';
    const hooks = ['--import', join(import.meta.dirname, '../../../scripts/source-hooks.ts')];
    const client = spawn(
      process.execPath,
      [...hooks, join(import.meta.dirname, '../testing/pod-client-process.ts'), folder.kubeconfig, node, script],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(client, 'exit');
    await once(client.stdout, 'data');
    client.kill('SIGKILL');
    await ended;
    const killed = performance.now();
    expect(await made()).toMatch(/^job\S+\npod\S+\n$/);
    await untilNothingIsMade();
    expect(performance.now() - killed).toBeLessThan(60_000);
    await testbed.root(node, 'test -e /run/came-to-its-end');
  });
});

describe('a pod is critical to its node', () => {
  /** Adds to kubelet's own configuration what a test wants of it. */
  async function configureKubelet(lines: string, seen: (status: NodeStatus) => boolean): Promise<void> {
    const script = [
      'cd /var/lib/kubelet',
      'cp -n config.yaml config.first',
      `{ cat config.first; printf '%s\\n' '${lines}'; } >config.yaml`,
      'systemctl restart kubelet',
    ];
    await testbed.root(node, script.join('\n'));
    await vi.waitFor(async () => expect(seen(await nodeStatus())).toBe(true), { timeout: 90_000, interval: 500 });
  }

  interface NodeStatus {
    readonly allocatable: { readonly pods: string };
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  }

  async function nodeStatus(): Promise<NodeStatus> {
    return api.get(`/api/v1/nodes/${node}`, (raw) => raw['status'] as unknown as NodeStatus);
  }

  /** Somebody else's, past the scheduler. */
  async function runPod(name: string, priorityClassName?: string): Promise<void> {
    const containers = [{ name: 'a', image: 'localhost/box:1', imagePullPolicy: 'Never' }];
    const spec = { nodeName: node, containers, terminationGracePeriodSeconds: 1 };
    await api.create(
      '/api/v1/namespaces/kube-system/pods',
      { metadata: { name }, spec: { ...spec, ...(priorityClassName === undefined ? {} : { priorityClassName }) } },
      () => undefined,
    );
  }

  const stateOf = (name: string): Promise<string> =>
    testbed.kubectl('-n', 'kube-system', 'get', 'pod', name, '-o', 'jsonpath={.status.phase} {.status.reason}');

  it('and pushes no other out: its pods are counted first', async () => {
    await configureKubelet('maxPods: 1', ({ allocatable }) => allocatable.pods === '1');
    await runPod('theirs');
    await vi.waitFor(async () => expect(await stateOf('theirs')).toBe('Running '), patience);
    await expect(ask(place(), say)).rejects.toMatchObject({ code: 'POD_NODE_FULL', params: { node } });
    expect([await stateOf('theirs'), await made()]).toEqual(['Running ', '']);
    // What kubelet does for a critical pod that nobody counted for.
    await runPod('uncounted', 'system-node-critical');
    await vi.waitFor(async () => expect(await stateOf('theirs')).not.toMatch(/^Running/), patience);
    const why = 'jsonpath={.status.conditions[?(@.type=="DisruptionTarget")].reason}';
    expect(await testbed.kubectl('-n', 'kube-system', 'get', 'pod', 'theirs', '-o', why)).toBe('TerminationByKubelet');
    await testbed.kubectl('-n', 'kube-system', 'delete', 'pod', 'theirs', 'uncounted', '--wait');
  });

  it('so that it starts under disk pressure, where kubelet takes up no other', async () => {
    // More than an empty ext4 has available: pressure for as long as this stands.
    await configureKubelet('evictionHard: {"nodefs.available": "99%"}', ({ conditions }) =>
      conditions.some(({ type, status }) => type === 'DiskPressure' && status === 'True'),
    );
    await runPod('refused');
    await vi.waitFor(async () => expect(await stateOf('refused')).toBe('Failed Evicted'), patience);
    const { transport, target } = place();
    expect(await ask({ transport, target }, say)).toMatchObject({ stdout: `on ${node}\n`, privilege: 'root' });
    const [pod] = await api.list(`/api/v1/namespaces/${defaultPodNamespace}/pods`, { project: (raw) => raw });
    expect(pod).toMatchObject({
      spec: { priorityClassName: 'system-node-critical' },
      status: { qosClass: 'BestEffort' },
    });
    // Longer than kubelet waits between two looks at what it could evict (10 s).
    expect(await ask({ transport, target }, { script: 'sleep 15; echo still', timeoutMs: 30_000 })).toMatchObject({
      stdout: 'still\n',
    });
    await transport.close();
    await untilNothingIsMade();
  });
});
