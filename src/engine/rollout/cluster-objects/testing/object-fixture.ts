import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPrograms } from '../../../../../testbed/programs.ts';
import { startControlPlane } from '../../../../../testbed/control-plane/control-plane.ts';
import type { ClusterActionSpec } from '../../../../actions/cluster-action-kinds.ts';
import type { ManifestAction } from '../../../../actions/manifest/manifest-action.ts';
import type { ObjectPatchAction } from '../../../../actions/object-patch/object-patch-action.ts';
import type { ObjectReference } from '../../../../actions/cluster-action.ts';
import { objectWords } from '../../../../actions/object-words.ts';
import type { JsonObject, KubernetesApi } from '../../../../kubernetes/api.ts';
import { apiPath } from '../../../../kubernetes/api-path.ts';
import { openKubernetes } from '../../../../kubernetes/open-kubernetes.ts';
import { systemTiming } from '../../../../kubernetes/timing.ts';
import type { Transport } from '../../../../transport/transport.ts';
import { journalStore } from '../../../journal/journal-store.ts';
import { planHash, type UnsealedPlan } from '../../../plan-hash.ts';
import { planSchema, type Plan, type PlanNode } from '../../../plan.ts';
import { defaultRunOptions, type RunEvent } from '../../../run.ts';
import { clusterRecordSchema } from '../cluster-record.ts';
import { recordName } from '../record-store.ts';
import { readClusterUid } from '../../cluster-nodes.ts';
import type { RunDependencies } from '../../run-request.ts';

/** A real API server without controllers: a test that wants one plays it. */
export interface ObjectFixture {
  readonly api: KubernetesApi;
  readonly kubeconfig: string;
  /** A machine of its own, with a journal that nobody else has. */
  readonly machine: () => RunDependencies & { readonly events: readonly RunEvent[] };
  readonly plan: (clusterActions: readonly ClusterActionSpec[], nodes?: PlannedNodes) => Promise<Plan>;
  readonly down: () => Promise<void>;
}

export async function startObjectFixture(): Promise<ObjectFixture> {
  const { etcd, apiserver } = await findPrograms({
    environment: process.env,
    docker: 'none',
    containerd2: false,
    report: () => undefined,
  });
  const plane = await startControlPlane({
    binaries: { etcd, apiserver },
    apiserverFlags: ['--disable-admission-plugins=ServiceAccount'],
  });
  const kubeconfig = plane.kubeconfig('admin');
  const api = await openKubernetes({ kubeconfig, environment: {} });
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-objects-'));
  for (const name of ['nodemend', 'nodemend-runs', 'team'])
    await api.create(
      '/api/v1/namespaces',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      () => undefined,
    );
  let machines = 0;
  return {
    api,
    kubeconfig,
    machine: () => {
      const events: RunEvent[] = [];
      machines += 1;
      return {
        api,
        transport: noNodes,
        targets: [],
        journal: journalStore(join(folder, String(machines))),
        problems: [],
        options: { ...defaultRunOptions, owner: `kim@machine-${machines}` },
        onEvent: (event) => events.push(event),
        signal: new AbortController().signal,
        timing: systemTiming,
        // An operator who reads what is shown and says yes.
        approve: async () => {},
        events,
      };
    },
    plan: async (clusterActions, nodes) => sealed(api, clusterActions, nodes),
    down: async () => {
      await api.close();
      await plane.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The way onto the nodes of a cluster without any: whoever asks all of them has asked nobody. */
const noNodes: Transport = {
  kind: 'ssh',
  connect: () => Promise.reject(new Error('this cluster has no nodes')),
  close: () => Promise.resolve(),
};

/** What a plan says of nodes; their UIDs are those of their objects. */
type PlannedNodes = Pick<Plan, 'nodes' | 'actions'>;

async function sealed(
  api: KubernetesApi,
  clusterActions: readonly ClusterActionSpec[],
  { nodes, actions }: PlannedNodes = { nodes: [], actions: [] },
): Promise<Plan> {
  const uid = await readClusterUid(api, new AbortController().signal);
  const unsealed: UnsealedPlan = {
    schema: planSchema,
    madeAt: '2026-11-26T12:00:00.000Z',
    target: { kind: 'cluster', uid, context: api.context, server: api.server },
    nodes: await Promise.all(nodes.map((node) => withUid(api, node))),
    problems: ['test'],
    actions,
    clusterActions,
    refused: [],
  };
  return { ...unsealed, hash: planHash(unsealed) };
}

async function withUid(api: KubernetesApi, node: PlanNode): Promise<PlanNode> {
  return {
    ...node,
    uid: await api.get(`/api/v1/nodes/${node.name}`, (raw) => (raw['metadata'] as { readonly uid: string }).uid),
  };
}

/** A record that somebody wrote who can write ConfigMaps in nodemend's namespace, and nothing else. */
export async function forgeRecord(
  api: KubernetesApi,
  run: string,
  actions: readonly JsonObject[],
  head: JsonObject = {},
): Promise<void> {
  const written = {
    schema: clusterRecordSchema,
    run,
    session: '',
    owner: 'kim@laptop',
    startedAt: '2026-11-26T12:00:00.000Z',
    plan: '0'.repeat(64),
    problems: ['admission-policy'],
    nodes: 0,
    state: 'going',
    phases: actions.map(() => 'applied'),
    ...head,
  };
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: recordName(run),
      labels: { 'app.kubernetes.io/managed-by': 'nodemend', 'nodemend.dev/record': 'run' },
    },
    data: { 'run.json': JSON.stringify(written), 'actions.json': JSON.stringify(actions) },
  };
  await api.create('/api/v1/namespaces/nodemend/configmaps', body, () => undefined);
}

/** Makes anyone who can write it cluster-admin, once an administrator carries the undo of its removal out. */
export const stolenCluster: JsonObject = {
  kind: 'manifest',
  id: 'manifest:ClusterRoleBinding/nodemend-evil',
  problem: 'admission-policy',
  cures: [],
  why: { key: 'open', params: {} },
  object: {
    kind: 'ClusterRoleBinding',
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    resource: 'clusterrolebindings',
    name: 'nodemend-evil',
  },
  from: {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'nodemend-evil', labels: { 'app.kubernetes.io/managed-by': 'nodemend' } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'team' }],
  },
  to: 'absent',
};

const base = { problem: 'test', cures: [], why: { key: 'why', params: {} } } as const;

const image = (place: string): string => `${place}/spec/containers/0/image`;
const pod = (containerImage: string): JsonObject => ({
  metadata: { labels: { app: 'a' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: containerImage }] },
});
const always = (template: JsonObject): JsonObject => ({
  ...template,
  spec: { ...(template['spec'] as JsonObject), restartPolicy: 'Always' },
});

export const oldImage = 'k8s.gcr.io/pause:3.2';
export const newImage = 'registry.k8s.io/pause:3.2';

export function cronJob(name: string): ObjectReference {
  return { kind: 'CronJob', group: 'batch', version: 'v1', resource: 'cronjobs', namespace: 'team', name };
}

export function deployment(name: string): ObjectReference {
  return { kind: 'Deployment', group: 'apps', version: 'v1', resource: 'deployments', namespace: 'team', name };
}

/** Whose images the server does not let anybody change. */
export function job(name: string): ObjectReference {
  return { kind: 'Job', group: 'batch', version: 'v1', resource: 'jobs', namespace: 'team', name };
}

const bodies: Readonly<Record<string, JsonObject>> = {
  CronJob: { spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: pod(oldImage) } } } },
  Job: { spec: { suspend: true, template: { spec: pod(oldImage)['spec'] ?? null } } },
  Deployment: { spec: { replicas: 1, selector: { matchLabels: { app: 'a' } }, template: always(pod(oldImage)) } },
};

/** Makes it, with an image of a retired registry. @returns what gives it the new one */
export async function makeWorkload(api: KubernetesApi, object: ObjectReference): Promise<ObjectPatchAction> {
  const { kind, group, version, resource, namespace = '', name } = object;
  const collection = apiPath({ group, version, resource, namespace });
  const uid = await api.create(
    collection,
    { apiVersion: `${group}/${version}`, kind, metadata: { name }, ...bodies[kind] },
    (raw) => (raw['metadata'] as { readonly uid: string }).uid,
  );
  const path = image(kind === 'CronJob' ? '/spec/jobTemplate/spec/template' : '/spec/template');
  const rolls = kind !== 'Deployment' ? {} : { disrupts: 'restart' as const };
  return {
    ...base,
    ...rolls,
    kind: 'object-patch',
    id: `object-patch:${namespace}/${kind}/${name}`,
    object,
    uid,
    changes: [{ path, from: oldImage, to: newImage }],
  };
}

const policy = { group: 'admissionregistration.k8s.io', version: 'v1' } as const;

/** An object of nodemend's own: a binding as `admission-policy` makes it, of a policy that is not there. */
export function ownBinding(name: string, except: string): JsonObject {
  const policyName = `nodemend-retired-images-${name}`;
  return {
    apiVersion: `${policy.group}/${policy.version}`,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: policyName, labels: { 'app.kubernetes.io/managed-by': 'nodemend' } },
    spec: {
      policyName,
      validationActions: ['Warn', 'Audit'],
      matchResources: { namespaceSelector: { matchExpressions: [exceptNamespaces(except)] } },
    },
  };
}

export function exceptNamespaces(except: string): JsonObject {
  return { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', except] };
}

export function manifestOf(name: string, from: ManifestAction['from'], to: ManifestAction['to']): ManifestAction {
  const kind = 'ValidatingAdmissionPolicyBinding';
  const object = {
    ...policy,
    kind,
    resource: 'validatingadmissionpolicybindings',
    name: `nodemend-retired-images-${name}`,
  };
  return { ...base, kind: 'manifest', id: `manifest:${objectWords(object)}`, object, from, to };
}
