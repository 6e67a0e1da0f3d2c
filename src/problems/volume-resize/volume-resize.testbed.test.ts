import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actingAs } from '../../../test/deploy/acting-as.ts';
import { permissionsOf, permissionText, shippedObjects } from '../../../test/deploy/shipped-files.ts';
import { withoutPermission } from '../../../test/deploy/without-permission.ts';
import type { ObjectReference } from '../../actions/cluster-action.ts';
import { valueAt } from '../../actions/json-pointer.ts';
import { collectionPath } from '../../actions/pull-secret/kept-secret.ts';
import { metadataOf, objectPath, readObject } from '../../actions/read-object.ts';
import { applyPlan } from '../../engine/rollout/apply-plan.ts';
import { readRecord } from '../../engine/rollout/cluster-objects/record-store.ts';
import { recordPlace } from '../../engine/rollout/cluster-objects/run-record.ts';
import { startObjectFixture, type ObjectFixture } from '../../engine/rollout/cluster-objects/testing/object-fixture.ts';
import type { RunDependencies } from '../../engine/rollout/run-request.ts';
import type { Plan } from '../../engine/plan.ts';
import type { RunResult } from '../../engine/run.ts';
import { undoRun } from '../../engine/undo.ts';
import { verifyRun } from '../../engine/verify.ts';
import { collectCluster } from '../../evidence/collect-cluster.ts';
import { collectEvidence } from '../../evidence/collect.ts';
import type { JsonObject, KubernetesApi } from '../../kubernetes/api.ts';
import { apiPath } from '../../kubernetes/api-path.ts';
import { text } from '../../kubernetes/json-fields.ts';
import { systemTiming } from '../../kubernetes/timing.ts';
import { volumeResize } from './problem.ts';

/** Cinder's driver under its real names, on a real API server without its controllers: these are played. */
const place = { namespace: 'kube-system' } as const;
const secret = {
  kind: 'Secret',
  group: '',
  version: 'v1',
  resource: 'secrets',
  ...place,
  name: 'cinder-csi-cloud-config',
};
const apps = { group: 'apps', version: 'v1', ...place };
const parts = [
  { kind: 'DaemonSet', resource: 'daemonsets', ...apps, name: 'csi-cinder-nodeplugin' },
  { kind: 'StatefulSet', resource: 'statefulsets', ...apps, name: 'csi-cinder-controllerplugin' },
] as const;

let fixture: ObjectFixture;

const now = (object: ObjectReference): Promise<JsonObject | undefined> => readObject(object, fixture);
const write = (object: ObjectReference, patch: JsonObject): Promise<void> =>
  fixture.api.patch(objectPath(object), patch, { type: 'merge', project: () => undefined });
const ends = (result: RunResult): readonly string[] =>
  (result.objects ?? []).map(({ ending, left }) => `${ending} ${left}`);

/** A machine of its own, on which somebody allows pods to be restarted. */
function rolling(): RunDependencies & { readonly events: readonly unknown[] } {
  const machine = fixture.machine();
  return { ...machine, options: { ...machine.options, allow: ['restart'] } };
}

const password = 'correct-horse-battery';
const file = `[Global]\r\npassword = "${password}" ; of the cluster\r\n[BlockStorage] # Cinder\r\nbs-version = v3`;
const after = file.replace('# Cinder\r\n', '# Cinder\r\nrescan-on-resize=true\r\n');

const contentOf = async (): Promise<string> =>
  Buffer.from(text(valueAt((await now(secret)) ?? {}, '/data/cloud-config')), 'base64').toString('utf8');
/** All that is somebody's own: what the server keeps of an object goes. */
const ownOf = async (object: ObjectReference): Promise<string> => {
  const { metadata, status: _status, ...rest } = (await now(object)) ?? {};
  const { labels, annotations = {} } = (metadata ?? {}) as Readonly<Record<string, JsonObject>>;
  // The server counts the templates of a DaemonSet.
  const { 'deprecated.daemonset.template.generation': _count, ...others } = annotations;
  return JSON.stringify({ ...rest, labels, annotations: others });
};
const all = async (): Promise<readonly string[]> => Promise.all([secret, ...parts].map(ownOf));

/** The controllers, which are not here: pods of each template are there at once. Images are declared, and never pulled. */
async function withControllers<Result>(work: Promise<Result>): Promise<Result> {
  let isOver = false;
  const ended = work.finally(() => (isOver = true));
  ended.catch(() => undefined);
  while (!isOver) {
    for (const part of parts) {
      const observedGeneration = Number(valueAt((await now(part)) ?? {}, '/metadata/generation'));
      const status =
        part.kind === 'DaemonSet'
          ? { desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2 }
          : { replicas: 1, readyReplicas: 1, updatedReplicas: 1, currentRevision: 'r', updateRevision: 'r' };
      const counted = { numberMisscheduled: 0, numberReady: 2, ...status, observedGeneration };
      await fixture.api.patch(
        `${objectPath(part)}/status`,
        { status: counted },
        { type: 'merge', project: () => undefined },
      );
    }
    await systemTiming.sleep(200, new AbortController().signal);
  }
  return ended;
}

beforeAll(async () => {
  fixture = await startObjectFixture();
  const make = (object: ObjectReference, rest: JsonObject): Promise<void> =>
    fixture.api.create(
      collectionPath(object),
      {
        apiVersion: object.group === '' ? 'v1' : 'apps/v1',
        kind: object.kind,
        metadata: { name: object.name },
        ...rest,
      },
      () => undefined,
    );
  await fixture.api.create(
    '/apis/storage.k8s.io/v1/csidrivers',
    { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: 'cinder.csi.openstack.org' }, spec: {} },
    () => undefined,
  );
  await make(secret, {
    type: 'Opaque',
    data: { 'cloud-config': Buffer.from(file).toString('base64'), 'ca.pem': Buffer.from([0, 255]).toString('base64') },
  });
  for (const part of parts) {
    const labels = { app: part.name };
    const containers = [{ name: 'cinder-csi-plugin', image: 'registry.example.test/cinder-csi-plugin:v1.27.101' }];
    const serviceName = part.kind === 'StatefulSet' ? { serviceName: part.name } : {};
    await make(part, {
      spec: {
        ...serviceName,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    });
  }
});

afterAll(() => fixture?.down());

async function planned(): Promise<Plan> {
  const { signal } = new AbortController();
  const cluster = await collectCluster(fixture.api, signal, {
    reads: new Set(volumeResize.reads),
    secretNamespaces: ['kube-system'],
  });
  const evidence = await collectEvidence({
    version: '1',
    problems: ['volume-resize'],
    nodes: [],
    cluster,
    now: new Date(),
    access: undefined,
  });
  expect(JSON.stringify(evidence)).not.toContain(password);
  const findings = volumeResize.diagnose(evidence);
  const { clusterActions = [] } = volumeResize.plan({ evidence, findings, remedies: new Set(['rescan-on-resize']) });
  return fixture.plan(clusterActions);
}

test('the one line is written, both are restarted and waited for; an undo restores the bytes, and restarts last', async () => {
  const before = await all();
  const plan = await planned();
  const machine = rolling();
  const result = await withControllers(applyPlan({ ...machine, plan }));

  expect(ends(result)).toEqual(['done changed', 'done changed', 'done changed']);
  expect(await contentOf()).toBe(after);
  for (const part of parts)
    expect(valueAt((await now(part)) ?? {}, '/spec/template/metadata/annotations/nodemend.dev~1restarted-by')).toBe(
      result.run,
    );
  const { record } = (await readRecord(recordPlace({ api: fixture.api })!, result.run)) ?? {};
  expect(JSON.stringify([plan, result, machine.events, record])).not.toContain(password);

  const elsewhere = rolling();
  expect(await verifyRun({ ...elsewhere, run: result.run })).toMatchObject({ exitCode: 0 });
  // The pods of before are waited for as well: without a controller it does not end.
  const undoing = undoRun({ ...elsewhere, run: result.run });
  await expect.poll(async () => (await all()).slice(0, 2), { timeout: 30_000 }).toEqual(before.slice(0, 2));
  expect(await Promise.race([undoing, systemTiming.sleep(500, new AbortController().signal)])).toBe(undefined);
  expect(await withControllers(undoing)).toMatchObject({ verdict: 'done' });
  expect(await all()).toEqual(before);
  const restored = await Promise.all([secret, ...parts].map(async (object) => metadataOf((await now(object)) ?? {})));
  const [ofSecret = 0, ...ofParts] = restored.map(({ resourceVersion }) => Number(resourceVersion));
  expect(Math.min(...ofParts)).toBeGreaterThan(ofSecret);
  // From its record alone it is undone once, and a run after it is as the first.
  expect(ends(await undoRun({ ...elsewhere, run: result.run }))).not.toContain('done changed');
});

test('a Secret that changed meanwhile is refused, and nothing is restarted; so is an undo of what somebody wrote since', async () => {
  const plan = await planned();
  const rotated = file.replace(password, 'rotated');
  await write(secret, { data: { 'cloud-config': Buffer.from(rotated).toString('base64') } });
  const before = await all();
  const machine = rolling();

  expect(await applyPlan({ ...machine, plan })).toMatchObject({
    verdict: 'refused',
    objects: [
      { ending: 'refused', code: 'OBJECT_CHANGED_SINCE_PLAN' },
      { ending: 'not-started' },
      { ending: 'not-started' },
    ],
  });
  expect(await all()).toEqual(before);

  const { run } = await withControllers(applyPlan({ ...machine, plan: await planned() }));
  const theirs = '[Global]\npassword=theirs\n[BlockStorage]\nrescan-on-resize=true\n';
  await write(secret, { data: { 'cloud-config': Buffer.from(theirs).toString('base64') } });
  expect(await withControllers(undoRun({ ...machine, run }))).toMatchObject({
    objects: [{ code: 'OBJECT_CHANGED_SINCE_RUN', left: 'changed' }, { ending: 'done' }, { ending: 'done' }],
  });
  expect(await contentOf()).toBe(theirs);
});

describe('the shipped role, beside those of every run', () => {
  const role = 'nodemend-change-volume-resize.yaml';
  let kim: KubernetesApi;
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-resize-role-'));

  beforeAll(async () => {
    for (const file of ['base/nodemend-read.yaml', 'nodemend-change.yaml', role]) await bindRoles(file);
    kim = await actingAs(fixture.kubeconfig, { as: 'kim', 'as-groups': ['system:authenticated'] }, folder);
  });
  afterAll(async () => {
    await kim?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As whoever wants it does. What else the files hold is for nobody here. */
  async function bindRoles(file: string): Promise<void> {
    const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' };
    for (const object of shippedObjects(file).filter(({ rules }) => rules !== undefined)) {
      const { kind, metadata } = object;
      const where = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
      const make = (resource: string, body: object): Promise<void> =>
        fixture.api.create(apiPath({ ...rbac, ...where, resource }), body as JsonObject, () => undefined);
      await make(`${kind.toLowerCase()}s`, object);
      await make(`${kind.toLowerCase()}bindings`, {
        metadata: { name: metadata.name },
        roleRef: { apiGroup: rbac.group, kind, name: metadata.name },
        subjects: [{ apiGroup: rbac.group, kind: 'User', name: 'kim' }],
      });
    }
  }

  async function applied(): Promise<RunResult> {
    await write(secret, { data: { 'cloud-config': Buffer.from(file).toString('base64') } });
    return withControllers(applyPlan({ ...rolling(), api: kim, plan: await planned() }));
  }

  test('is enough to apply and to undo', async () => {
    const { run, verdict } = await applied();
    expect(verdict).toBe('done');
    expect(await withControllers(undoRun({ ...rolling(), api: kim, run }))).toMatchObject({ verdict: 'done' });
    expect(await contentOf()).toBe(file);
  });

  test.each(permissionsOf(shippedObjects(role)).map((one) => [permissionText(one), one] as const))(
    'has nothing that is not needed: %s',
    async (_text, permission) => {
      await withoutPermission(fixture.api, kim, permission, async () => {
        const result = await applied();
        expect(result.verdict).not.toBe('done');
        expect(JSON.stringify(result)).toContain('API_FORBIDDEN');
      });
    },
  );
});
