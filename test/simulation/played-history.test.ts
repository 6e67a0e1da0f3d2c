import { expect, it, test } from 'vitest';
import request from '../../src/actions/reboot/request.sh?raw';
import undo from '../../src/actions/reboot/undo.sh?raw';
import { exclusionLabel, marksAnnotation, scaleInAnnotation } from '../../src/engine/rollout/drain/node-marks.ts';
import type { RunDependencies } from '../../src/engine/rollout/run-request.ts';
import type { Json, JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { NodemendError } from '../../src/errors/nodemend-error.ts';
import type { ExecRequest, ExecResult, NodeConnection } from '../../src/transport/transport.ts';
import type { History } from './history.ts';
import { calm, PlayedHistory } from './played-history.ts';

/** Three nodes and a workload on them, rebooted once, and then undone. */
const quiet: History = {
  layout: {
    nodes: 3,
    workloads: [{ name: 'web', replicas: 3, minAvailable: 2, graceSeconds: 5, startSeconds: 5 }],
    others: [],
    volume: undefined,
  },
  maxUnavailable: 1,
  maxFailures: 0,
  boots: [{ seconds: 60, comes: 'back' }],
  forArgument: false,
  pace: 1,
  moves: [{ ...calm, verb: 'apply' }],
  ends: 'undo',
};

type Misbehaviour = (dependencies: RunDependencies) => RunDependencies;

function withApi(change: (api: KubernetesApi) => Partial<KubernetesApi>): Misbehaviour {
  return (dependencies) => {
    const { api } = dependencies;
    return api ? { ...dependencies, api: { ...api, ...change(api) } } : dependencies;
  };
}

/** @param change what becomes of each patch of a Node object */
function withPatches(change: (patch: JsonObject) => Json): Misbehaviour {
  return withApi((api) => ({
    patch: (path, body, options) => api.patch(path, change(body as JsonObject), options),
  }));
}

function withNodes(exec: (asked: ExecRequest, connection: NodeConnection) => Promise<ExecResult>): Misbehaviour {
  return (dependencies) => {
    const { transport } = dependencies;
    if (!transport) return dependencies;
    return {
      ...dependencies,
      transport: {
        ...transport,
        connect: async (target, signal) => {
          const connection = await transport.connect(target, signal);
          return { ...connection, exec: (asked) => exec(asked, connection) };
        },
      },
    };
  };
}

function isUnmarking({ metadata }: JsonObject): boolean {
  return ((metadata as JsonObject)['annotations'] as JsonObject)[marksAnnotation] === null;
}

function played(change: Partial<History> = {}, nodemend?: Misbehaviour): Promise<void> {
  return new PlayedHistory({ ...quiet, ...change }, nodemend).play();
}

it('a nodemend as it is breaks nothing', async () => {
  await expect(played()).resolves.toBeUndefined();
});

const inService: JsonObject = {
  metadata: {
    annotations: { [marksAnnotation]: null, [scaleInAnnotation]: null },
    labels: { [exclusionLabel]: null },
  },
  spec: { unschedulable: null },
};

const others: History['layout'] = { ...quiet.layout, others: [{ node: 2, what: 'cordon' }] };
const never: History['boots'] = [{ seconds: 60, comes: 'never' }];

test.each<[string, RegExp, Misbehaviour, Partial<History>?]>([
  [
    'takes more nodes out than may be',
    /are out of service at once/u,
    (usual) => ({
      ...usual,
      options: { ...usual.options, maxUnavailable: { nodes: 2 }, batches: [{ nodes: 2 }] },
    }),
    { layout: { ...quiet.layout, workloads: [] } },
  ],
  [
    'takes a node out while another is down',
    /is taken out while worker-3 are down/u,
    withApi((api) => ({
      list: (path, { project, ...options }) =>
        api.list(path, {
          ...options,
          project: (raw) => project(path === '/api/v1/nodes' ? { ...raw, spec: {} } : raw),
        }),
    })),
    { layout: others, moves: [{ ...calm, verb: 'apply', pause: 600 }] },
  ],
  [
    'reboots a node that is not empty',
    /is rebooted with web-/u,
    withApi((api) => ({
      list: async (path, options) => (options.fieldSelector === undefined ? api.list(path, options) : []),
    })),
  ],
  [
    'reboots a node that it did not cordon',
    /while its marks are of nobody/u,
    (usual) =>
      withNodes(async (asked, connection) => {
        // Behind its last look at the node.
        if (asked.script.includes(request))
          await usual.api?.patch(`/api/v1/nodes/${connection.node}`, inService, { type: 'merge', project: () => 0 });
        return connection.exec(asked);
      })(usual),
  ],
  [
    'deletes pods where it should evict them',
    /is deleted, not evicted/u,
    withApi((api) => ({
      evict: async (namespace, name) => {
        await api.remove(`/api/v1/namespaces/${namespace}/pods/${name}`);
        return { outcome: 'evicted' };
      },
    })),
  ],
  [
    'asks for a reboot twice',
    /is rebooted for the 2\. time/u,
    withNodes(async (asked, connection) => {
      const answer = await connection.exec(asked);
      if (!asked.script.includes(request)) return answer;
      // As if the record of the request were lost.
      const [run, session, key] = asked.args.map(String);
      const args = [`${run}`, `${session}`, `${key}again`];
      const record = 'record.sh RUN SESSION KEY RECORD_BYTES';
      await connection.exec({ ...asked, script: record, args: [...args, '0'] });
      return connection.exec({ ...asked, args });
    }),
  ],
  [
    'uncordons whatever it finds',
    /the cordon of others is taken off/u,
    withApi((api) => ({
      patch: async (path, body, options) => {
        const written = await api.patch(path, body, options);
        await api.patch('/api/v1/nodes/worker-3', { spec: { unschedulable: null } }, options);
        return written;
      },
    })),
    { layout: others, maxUnavailable: 2 },
  ],
  [
    'leaves its cordon behind',
    /a cordon without marks stays/u,
    withPatches((patch) => (isUnmarking(patch) ? { metadata: patch['metadata'] ?? {} } : patch)),
  ],
  [
    'leaves its label behind',
    /an exclusion without marks stays/u,
    withPatches((patch) => {
      const { labels: _labels, ...metadata } = patch['metadata'] as JsonObject;
      return isUnmarking(patch) ? { ...patch, metadata } : patch;
    }),
  ],
  [
    'overwrites the label of others',
    /the exclusion of others is/u,
    withPatches((patch) => ({
      ...patch,
      metadata: { ...(patch['metadata'] as JsonObject), labels: { [exclusionLabel]: 'nodemend' } },
    })),
    { layout: { ...quiet.layout, others: [{ node: 0, what: 'exclusion' }] } },
  ],
  [
    'reboots without the lease',
    /while the lease is of nobody/u,
    (usual) => ({ ...usual, lease: { namespace: 'kube-system', name: 'elsewhere' } }),
  ],
  [
    'calls done what was not rebooted',
    /is called done, and is not/u,
    withNodes(async (asked, connection) => {
      if (asked.script.includes(request)) return said('@nodemend outcome done\n');
      const answer = await connection.exec(asked);
      const text = Buffer.from(answer.stdout).toString('utf8');
      return { ...answer, stdout: Buffer.from(text.replace(/boot-id .*/u, 'boot-id another')) };
    }),
  ],
  [
    'calls as before what was rebooted',
    /is called as before, and is changed/u,
    withNodes(async (asked, connection) => {
      if (asked.script.includes(undo)) return said('@nodemend outcome already\n');
      const answer = await connection.exec(asked);
      return asked.script.includes(request) ? said('@nodemend reason lock-lost\n@nodemend outcome refused\n') : answer;
    }),
  ],
  [
    'keeps quiet about a node that stays out of service',
    /is out of service, and that is not told/u,
    withApi((api) => ({
      // Once the node is down.
      get: async (path, project, signal) =>
        api.get(
          path,
          (raw) =>
            JSON.stringify(raw).includes('"Unknown"') ? project({ ...raw, metadata: unmarked(raw) }) : project(raw),
          signal,
        ),
    })),
    { boots: never },
  ],
  [
    'waits for ever',
    /does not end: stuck/u,
    (usual) => ({ ...usual, timing: { ...timingOf(usual), sleep: () => new Promise(() => {}) } }),
  ],
  [
    'leaves its marks behind',
    /marks stay on/u,
    withApi((api) => ({
      patch: async (path, body, options) => {
        if (isUnmarking(body as JsonObject))
          throw new NodemendError('API_REJECTED', { path, status: 400, message: 'no' });
        return api.patch(path, body, options);
      },
    })),
  ],
])('one that %s is found out', async (_what, broken, nodemend, change) => {
  await expect(played(change, nodemend)).rejects.toThrow(broken);
});

function timingOf({ timing }: RunDependencies): NonNullable<RunDependencies['timing']> {
  if (!timing) throw new Error('a simulated process has a clock');
  return timing;
}

function unmarked({ metadata }: JsonObject): JsonObject {
  const { annotations: _annotations, ...rest } = metadata as JsonObject;
  return rest;
}

function said(text: string): ExecResult {
  return { exitCode: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0), truncated: false, privilege: 'root' };
}
