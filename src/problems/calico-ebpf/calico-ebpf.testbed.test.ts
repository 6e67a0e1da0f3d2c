import { afterAll, beforeAll, expect, test } from 'vitest';
import { valueAt } from '../../actions/json-pointer.ts';
import { collectionPath } from '../../actions/pull-secret/kept-secret.ts';
import { objectPath, readObject } from '../../actions/read-object.ts';
import { applyPlan } from '../../engine/rollout/apply-plan.ts';
import { startObjectFixture, type ObjectFixture } from '../../engine/rollout/cluster-objects/testing/object-fixture.ts';
import type { RunDependencies } from '../../engine/rollout/run-request.ts';
import type { Plan } from '../../engine/plan.ts';
import type { RunResult } from '../../engine/run.ts';
import { undoRun } from '../../engine/undo.ts';
import { verifyRun } from '../../engine/verify.ts';
import { collectCluster } from '../../evidence/collect-cluster.ts';
import { collectEvidence } from '../../evidence/collect.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Json, JsonObject } from '../../kubernetes/api.ts';
import { systemTiming } from '../../kubernetes/timing.ts';
import { calicoEbpf } from './problem.ts';
import { bpf, calicoNodeObject, connectTime, hostDnsPod, hostNat } from './testing/fixture.ts';

/** Calico's DaemonSet and its FelixConfigurations, on a real API server without controllers: the rollout is played. */
const place = { namespace: 'kube-system' } as const;
const daemonSet = {
  kind: 'DaemonSet',
  group: 'apps',
  version: 'v1',
  resource: 'daemonsets',
  ...place,
  name: 'calico-node',
};
const env = '/spec/template/spec/containers/0/env';

let fixture: ObjectFixture;

const now = async (): Promise<JsonObject> => (await readObject(daemonSet, fixture)) ?? {};
const patch = (operations: Json): Promise<void> =>
  fixture.api.patch(objectPath(daemonSet), operations, { type: 'json', project: () => undefined });
const ends = (result: RunResult): readonly string[] =>
  (result.objects ?? []).map(({ ending, left, code = '' }) => `${ending} ${left} ${code}`.trim());

/** A machine of its own, on which somebody allows pods to be restarted. */
function rolling(): RunDependencies {
  const machine = fixture.machine();
  return { ...machine, options: { ...machine.options, allow: ['restart'] } };
}

/** All that is somebody's own; the server counts the templates of a DaemonSet. */
async function own(): Promise<string> {
  const { spec, metadata } = await now();
  const { labels } = metadata as JsonObject;
  return JSON.stringify([spec, labels]);
}

/** The controller, which is not here: pods of each template are there at once. */
async function playController(until: Promise<unknown>): Promise<void> {
  let isOver = false;
  void until.finally(() => (isOver = true));
  while (!isOver) {
    const observedGeneration = Number(valueAt(await now(), '/metadata/generation'));
    const counts = {
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
    };
    const status = { ...counts, numberMisscheduled: 0, numberReady: 2, observedGeneration };
    await fixture.api.patch(`${objectPath(daemonSet)}/status`, { status }, { type: 'merge', project: () => undefined });
    await systemTiming.sleep(200, new AbortController().signal);
  }
}

async function collected(): Promise<Evidence> {
  const { signal } = new AbortController();
  const cluster = await collectCluster(fixture.api, signal, { reads: new Set(calicoEbpf.reads) });
  return collectEvidence({
    version: '1',
    problems: ['calico-ebpf'],
    nodes: [],
    cluster,
    now: new Date(),
    access: undefined,
  });
}

async function planned(): Promise<Plan> {
  const evidence = await collected();
  const findings = calicoEbpf.diagnose(evidence);
  const { clusterActions = [], refused } = calicoEbpf.plan({
    evidence,
    findings,
    remedies: new Set(['udp-variables']),
  });
  expect(refused).toEqual([]);
  return fixture.plan(clusterActions);
}

async function applied(machine: RunDependencies, plan: Plan): Promise<RunResult> {
  const applying = applyPlan({ ...machine, plan });
  const [result] = await Promise.all([applying, playController(applying)]);
  return result;
}

const rules = (evidence: Evidence): readonly string[] =>
  calicoEbpf.diagnose(evidence).map(({ status, rule }) => `${status} ${rule}`);

/** Calico's own definition of FelixConfiguration, as far as it matters (config/crd of projectcalico/calico v3.28.0). */
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'felixconfigurations.crd.projectcalico.org' },
  spec: {
    group: 'crd.projectcalico.org',
    names: { kind: 'FelixConfiguration', plural: 'felixconfigurations', singular: 'felixconfiguration' },
    scope: 'Cluster',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

beforeAll(async () => {
  fixture = await startObjectFixture();
  const { metadata, spec } = calicoNodeObject({ datastore: { value: 'kubernetes' }, env: [] });
  const labels = { 'k8s-app': 'calico-node' };
  const template = (spec as JsonObject)['template'] as JsonObject;
  await fixture.api.create(
    collectionPath(daemonSet),
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'calico-node', labels: (metadata as JsonObject)['labels'] ?? {} },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, ...template } },
    },
    () => undefined,
  );
  const { metadata: podMetadata, spec: podSpec } = hostDnsPod;
  await fixture.api.create(
    '/api/v1/namespaces/team/pods',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: (podMetadata as JsonObject)['name'] ?? '' },
      spec: podSpec ?? {},
    },
    () => undefined,
  );
});

afterAll(() => fixture?.down());

test('FelixConfigurations are read where the server has them, and are unknown where it does not', async () => {
  expect(rules(await collected())).toEqual(['unknown ebpf-unknown']);
  await fixture.api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition, () => undefined);
  const path = '/apis/crd.projectcalico.org/v1/felixconfigurations';
  await expect
    .poll(
      () =>
        fixture.api
          .create(
            path,
            {
              apiVersion: 'crd.projectcalico.org/v1',
              kind: 'FelixConfiguration',
              metadata: { name: 'default' },
              spec: {},
            },
            () => true,
          )
          .catch(() => false),
      { timeout: 30_000, interval: 50 },
    )
    .not.toBe(false);
  expect(rules(await collected())).toEqual(['pass no-ebpf']);
  await fixture.api.patch(
    `${path}/default`,
    { spec: { bpfEnabled: true } },
    { type: 'merge', project: () => undefined },
  );
  expect(rules(await collected())).toContain('fail udp');
});

test('both variables are set and waited for, verified, and taken back from another machine, to the byte', async () => {
  const before = await own();
  const count = (valueAt(await now(), env) as readonly Json[]).length;
  const result = await applied(rolling(), await planned());

  expect(ends(result)).toEqual(['done changed']);
  expect((valueAt(await now(), env) as readonly Json[]).slice(count)).toEqual([connectTime, hostNat]);
  expect(rules(await collected())).toContain('pass udp-fine');

  const elsewhere = rolling();
  expect(await verifyRun({ ...elsewhere, run: result.run })).toMatchObject({ exitCode: 0 });
  expect(await undoRun({ ...elsewhere, run: result.run })).toMatchObject({ verdict: 'done' });
  expect(await own()).toBe(before);
});

test('a value that was there is put back as it was written; what somebody changed meanwhile is left', async () => {
  await patch([
    { op: 'add', path: `${env}/0`, value: { ...connectTime, value: 'tcp' } },
    { op: 'add', path: `${env}/-`, value: bpf },
  ]);
  const before = await own();
  const machine = rolling();
  const stale = await planned();
  const { run } = await applied(machine, stale);
  expect(valueAt(await now(), `${env}/0`)).toEqual(connectTime);
  expect(await undoRun({ ...machine, run })).toMatchObject({ verdict: 'done' });
  expect(await own()).toBe(before);

  const again = await planned();
  await patch([{ op: 'remove', path: `${env}/1` }]);
  const theirs = await own();
  expect(ends(await applyPlan({ ...machine, plan: again }))).toEqual(['refused as-before OBJECT_CHANGED_SINCE_PLAN']);
  expect(await own()).toBe(theirs);

  const { run: second } = await applied(machine, await planned());
  await patch([{ op: 'replace', path: `${env}/0/value`, value: 'Disabled' }]);
  const edited = await own();
  expect(ends(await undoRun({ ...machine, run: second }))).toEqual([
    expect.stringContaining('OBJECT_CHANGED_SINCE_RUN'),
  ]);
  expect(await own()).toBe(edited);
});

test('what another program applied is not touched', async () => {
  await fixture.api.patch(
    objectPath(daemonSet),
    { metadata: { annotations: { 'example.com/part-of': 'add-ons' } } },
    { type: 'merge', project: () => undefined },
  );
  const evidence = await collected();
  const findings = calicoEbpf.diagnose(evidence);
  expect(calicoEbpf.plan({ evidence, findings, remedies: new Set(['udp-variables']) })).toMatchObject({
    refused: [{ key: 'refused.managed', params: { by: 'example.com/part-of' } }],
  });
});
