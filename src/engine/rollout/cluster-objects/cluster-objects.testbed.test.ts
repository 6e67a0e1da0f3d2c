import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterActionSpec } from '../../../actions/cluster-action-kinds.ts';
import type { ObjectPatchAction } from '../../../actions/object-patch/object-patch-action.ts';
import type { ObjectReference } from '../../../actions/cluster-action.ts';
import { appliable } from '../../../kubernetes/appliable.ts';
import { objectWords } from '../../../actions/object-words.ts';
import { valueAt } from '../../../actions/json-pointer.ts';
import { collectionPath } from '../../../actions/pull-secret/kept-secret.ts';
import { objectPath, readObject } from '../../../actions/read-object.ts';
import { isNodemendError, NodemendError } from '../../../errors/nodemend-error.ts';
import type { Json, JsonObject } from '../../../kubernetes/api.ts';
import { planFor } from '../../../../test/chroot/rollout-fixture.ts';
import { fixtureMaker } from '../../../../test/chroot/rollout-fixtures.ts';
import { waitUntil } from '../../../../test/end-to-end/wait-until.ts';
import { listClusterRuns } from '../../history.ts';
import type { JournalStore } from '../../journal/journal-store.ts';
import { resumeRun } from '../../resume.ts';
import type { Plan } from '../../plan.ts';
import type { RunEvent, RunResult } from '../../run.ts';
import { undoRun } from '../../undo.ts';
import { verifyRun } from '../../verify.ts';
import { applyPlan } from '../apply-plan.ts';
import type { RunDependencies } from '../run-request.ts';
import type { Proposal } from './proposal.ts';
import { recordName } from './record-store.ts';
import {
  cronJob,
  deployment,
  exceptNamespaces,
  forgeRecord,
  job,
  makeWorkload,
  manifestOf,
  newImage,
  oldImage,
  ownBinding,
  startObjectFixture,
  stolenCluster,
  type ObjectFixture,
} from './testing/object-fixture.ts';

let fixture: ObjectFixture;
let count = 0;

beforeAll(async () => {
  fixture = await startObjectFixture();
});
afterAll(() => fixture?.down());

const fresh = (): string => `w${(count += 1)}`;
const now = (object: ObjectReference): Promise<JsonObject | undefined> => readObject(object, fixture);
const seen = async ({ object, changes }: ObjectPatchAction): Promise<readonly (Json | undefined)[]> => {
  const raw = await now(object);
  return changes.map(({ path }) => raw && valueAt(raw, path));
};
const excepted = async (object: ObjectReference): Promise<unknown> =>
  valueAt((await now(object)) ?? {}, '/spec/matchResources/namespaceSelector/matchExpressions/0/values/1');
const write = (object: ObjectReference, patch: JsonObject): Promise<void> =>
  fixture.api.patch(objectPath(object), patch, { type: 'merge', project: () => undefined });

async function apply(
  actions: readonly ClusterActionSpec[],
  dependencies: RunDependencies = fixture.machine(),
): Promise<RunResult> {
  return applyPlan({ ...dependencies, plan: await fixture.plan(actions) });
}

function withoutAccess(): RunDependencies {
  const { transport: _transport, ...dependencies } = fixture.machine();
  return dependencies;
}

/** The plan of these actions, as a file that was brought to another machine. */
async function planFile(
  actions: readonly ClusterActionSpec[],
): Promise<{ readonly plan: Plan; readonly file: string }> {
  return { plan: await fixture.plan(actions), file: 'plan.json' };
}

/** A workload to change, and an object of our own to make. */
async function twoActions(): Promise<readonly [ObjectPatchAction, ReturnType<typeof manifestOf>]> {
  const name = fresh();
  return [await makeWorkload(fixture.api, cronJob(name)), manifestOf(name, 'absent', ownBinding(name, 'value'))];
}

const ends = (result: RunResult): readonly string[] =>
  (result.objects ?? []).map(({ ending, left }) => `${ending} ${left}`);

describe('a run that goes well', () => {
  test('changes the fields and nothing else, makes the object, and is verified and undone from another machine', async () => {
    const actions = await twoActions();
    const [patch, manifest] = actions;
    await write(patch.object, { metadata: { labels: { theirs: 'yes' } } });
    const result = await apply(actions);

    expect(result).toMatchObject({
      verdict: 'done',
      exitCode: 0,
      nodes: [],
      objects: [{ object: `team/CronJob/${patch.object.name}` }, { object: objectWords(manifest.object) }],
    });
    expect(ends(result)).toEqual(['done changed', 'done changed']);
    expect(await seen(patch)).toEqual([newImage]);
    expect(await now(patch.object)).toMatchObject({ metadata: { labels: { theirs: 'yes' } } });
    expect(await excepted(manifest.object)).toBe('value');
    expect(await now(manifest.object)).toMatchObject({
      metadata: { annotations: { 'nodemend.dev/run': result.run } },
    });

    const elsewhere = fixture.machine();
    expect(await listClusterRuns(elsewhere, elsewhere.signal)).toMatchObject({
      runs: expect.arrayContaining([
        expect.objectContaining({ run: result.run, phases: ['applied', 'applied'] }),
      ]) as unknown,
      unknown: [],
    });
    expect(await verifyRun({ ...elsewhere, run: result.run })).toMatchObject({
      exitCode: 0,
      verifications: [{ state: 'holds' }, { state: 'holds' }],
    });

    expect(await undoRun({ ...elsewhere, run: result.run })).toMatchObject({
      kind: 'undo',
      verdict: 'done',
      exitCode: 0,
    });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await now(manifest.object)).toBeUndefined();
    expect(await verifyRun({ ...elsewhere, run: result.run })).toMatchObject({
      verifications: [{ state: 'undone' }, { state: 'undone' }],
    });
    // Twice is once.
    expect(await undoRun({ ...fixture.machine(), run: result.run })).toMatchObject({ verdict: 'done' });
  });

  test('what is as wanted already is left as it is, also by the undo', async () => {
    const [patch, manifest] = await twoActions();
    await fixture.api.patch(
      objectPath(patch.object),
      [{ op: 'replace', path: patch.changes[0]?.path ?? '', value: newImage }],
      { type: 'json', project: () => undefined },
    );
    const result = await apply([patch, manifest]);

    expect(ends(result)).toEqual(['done as-before', 'done changed']);
    await undoRun({ ...fixture.machine(), run: result.run });
    expect(await seen(patch)).toEqual([newImage]);
  });

  test('an object of ours is changed and becomes what it was; one that is removed is made again', async () => {
    const [first, second] = [fresh(), fresh()];
    const made = await apply([
      manifestOf(first, 'absent', ownBinding(first, 'a')),
      manifestOf(second, 'absent', ownBinding(second, 'b')),
    ]);
    const found = async (name: string): Promise<JsonObject> =>
      appliable((await now(manifestOf(name, 'absent', 'absent').object)) ?? {});
    const [change, removal] = [
      manifestOf(first, await found(first), ownBinding(first, 'c')),
      manifestOf(second, await found(second), 'absent'),
    ];
    const result = await apply([change, removal]);

    expect(ends(result)).toEqual(['done changed', 'done changed']);
    expect(await excepted(change.object)).toBe('c');
    expect(await now(removal.object)).toBeUndefined();
    // What a later run wrote is not the first one's to undo.
    expect(await undoRun({ ...fixture.machine(), run: made.run })).toMatchObject({
      objects: [{ code: 'OBJECT_CHANGED_SINCE_RUN' }, { ending: 'done' }],
    });
    expect(await undoRun({ ...fixture.machine(), run: result.run })).toMatchObject({ verdict: 'done' });
    expect(await excepted(change.object)).toBe('a');
    expect(await excepted(removal.object)).toBe('b');
  });
});

describe('what is in the way', () => {
  test('somebody changed the field since the plan: refused with a diff, nothing is touched', async () => {
    const [patch, manifest] = await twoActions();
    await fixture.api.patch(
      objectPath(patch.object),
      [{ op: 'replace', path: patch.changes[0]?.path ?? '', value: 'their/own:1' }],
      { type: 'json', project: () => undefined },
    );
    const result = await apply([patch, manifest]);

    expect(result).toMatchObject({
      verdict: 'refused',
      exitCode: 8,
      stopped: { why: 'object' },
      objects: [{ ending: 'refused', left: 'as-before', code: 'OBJECT_CHANGED_SINCE_PLAN' }, { ending: 'not-started' }],
    });
    expect(result.objects?.[0]?.diff).toContain(
      `@@ spec.jobTemplate.spec.template.spec.containers[0] @@\n-image: ${oldImage}\n+image: their/own:1`,
    );
    expect(await now(manifest.object)).toBeUndefined();
  });

  test('another object under the same name is not touched', async () => {
    const [patch] = await twoActions();
    await fixture.api.remove(objectPath(patch.object));
    const again = await makeWorkload(fixture.api, patch.object);

    expect(await apply([patch])).toMatchObject({ verdict: 'refused', objects: [{ code: 'OBJECT_GONE' }] });
    expect(await seen(again)).toEqual([oldImage]);
  });

  test('an object that is not ours: what the run had changed is undone', async () => {
    const [patch, manifest] = await twoActions();
    const { object } = manifest;
    const { metadata: _ours, ...theirs } = ownBinding('x', 'theirs');
    await fixture.api.create(collectionPath(object), { ...theirs, metadata: { name: object.name } }, () => undefined);
    const result = await apply([patch, manifest]);

    expect(result).toMatchObject({
      verdict: 'stopped-and-restored',
      exitCode: 7,
      objects: [
        { ending: 'taken-back', left: 'as-before' },
        { ending: 'refused', code: 'OBJECT_NOT_OURS' },
      ],
    });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await excepted(manifest.object)).toBe('theirs');
  });

  test('a value that the server does not take: its words, and all is as before', async () => {
    const [, manifest] = await twoActions();
    const wrong = await makeWorkload(fixture.api, job(fresh()));
    const result = await apply([manifest, wrong]);

    expect(result).toMatchObject({
      verdict: 'stopped-and-restored',
      objects: [{ ending: 'taken-back' }, { ending: 'failed', left: 'as-before', code: 'API_REJECTED' }],
    });
    expect(await now(manifest.object)).toBeUndefined();
  });

  test('somebody changed it since the run: an undo leaves it alone, and undoes the rest', async () => {
    const [patch, manifest] = await twoActions();
    const { run } = await apply([patch, manifest]);
    await write(manifest.object, {
      spec: { matchResources: { namespaceSelector: { matchExpressions: [exceptNamespaces('edited')] } } },
    });
    const undone = await undoRun({ ...fixture.machine(), run });

    expect(undone).toMatchObject({
      verdict: 'partly',
      exitCode: 6,
      objects: [{ ending: 'done' }, { ending: 'refused', left: 'changed', code: 'OBJECT_CHANGED_SINCE_RUN' }],
    });
    expect(undone.objects?.[1]?.diff).toMatch(/^-\s+- value\n\+\s+- edited$/mu);
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await verifyRun({ ...fixture.machine(), run })).toMatchObject({
      exitCode: 3,
      verifications: [{ state: 'undone' }, { state: 'changed' }],
    });
  });

  test('new pods need a word of their own, to be made and to be undone', async () => {
    const patch = await makeWorkload(fixture.api, deployment(fresh()));

    await expect(apply([patch])).rejects.toMatchObject({ code: 'DISRUPTION_NOT_ALLOWED', params: { what: 'restart' } });
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('a record that is too large is refused before anything is changed; one that was edited is not believed', async () => {
    const [patch, manifest] = await twoActions();
    const huge = manifestOf(fresh(), 'absent', ownBinding('huge', 'x'.repeat(1024 * 1024)));
    await expect(apply([patch, huge])).rejects.toMatchObject({ code: 'CLUSTER_RECORD_TOO_LARGE' });
    expect(await seen(patch)).toEqual([oldImage]);

    const { run } = await apply([patch, manifest]);
    await write(
      {
        kind: 'ConfigMap',
        group: '',
        version: 'v1',
        resource: 'configmaps',
        namespace: 'nodemend-runs',
        name: recordName(run),
      },
      { data: { 'actions.json': '[]' } },
    );
    await expect(undoRun({ ...fixture.machine(), run })).rejects.toMatchObject({ code: 'CLUSTER_RECORD_INVALID' });
    expect(await listClusterRuns(fixture.machine(), new AbortController().signal)).toMatchObject({
      unknown: [{ code: 'CLUSTER_RECORD_INVALID' }],
    });
  });

  test('a record that says something else than the plan is not carried out by the machine that has it', async () => {
    const actions = await twoActions();
    const dependencies = fixture.machine();
    const { run } = await apply(actions, dependencies);
    const other = JSON.stringify(
      actions.map((action) =>
        'changes' in action
          ? { ...action, changes: [{ ...action.changes[0], from: 'gcr.io/google_containers/pause:3.2' }] }
          : action,
      ),
    );
    await write(
      {
        kind: 'ConfigMap',
        group: '',
        version: 'v1',
        resource: 'configmaps',
        namespace: 'nodemend-runs',
        name: recordName(run),
      },
      { data: { 'actions.json': other } },
    );

    await expect(undoRun({ ...dependencies, run })).rejects.toMatchObject({
      code: 'CLUSTER_RECORD_INVALID',
      params: { problem: 'other actions than in the plan' },
    });
    expect(await seen(actions[0])).toEqual([newImage]);
  });

  test('a journal that can no longer be written: what the run had changed is undone anyway', async () => {
    const [patch, manifest] = await twoActions();
    const dependencies = fixture.machine();
    const journal: JournalStore = {
      ...dependencies.journal,
      open: async (run, session) => {
        const real = await dependencies.journal.open(run, session);
        let full = false;
        return {
          ...real,
          write: (note) => {
            full ||= note.entry === 'before' && note.step === 'apply';
            return full
              ? Promise.reject(new NodemendError('JOURNAL_UNWRITABLE', { path: '/', problem: 'ENOSPC' }))
              : real.write(note);
          },
        };
      },
    };

    expect(await apply([patch, manifest], { ...dependencies, journal })).toMatchObject({
      exitCode: 7,
      stopped: { why: 'error', code: 'JOURNAL_UNWRITABLE' },
    });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await now(manifest.object)).toBeUndefined();
  });

  test('a record that nodemend 0.1 kept beside the lease is found, undone there, and listed', async () => {
    const [patch, manifest] = await twoActions();
    const { run } = await apply([patch, manifest]);
    const path = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;
    const { apiVersion, kind, metadata, data } = await fixture.api.get(
      `${path('nodemend-runs')}/${recordName(run)}`,
      (raw) => raw,
    );
    const { name, labels } = metadata as { readonly [key: string]: JsonObject };
    const moved = { apiVersion, kind, metadata: { name, labels }, data } as unknown as JsonObject;
    await fixture.api.create(path('nodemend'), moved, () => undefined);
    await fixture.api.remove(`${path('nodemend-runs')}/${recordName(run)}`);

    const machine = fixture.machine();
    const { runs } = await listClusterRuns(machine, machine.signal);
    expect(runs.map((one) => one.run)).toContain(run);
    expect(await undoRun({ ...machine, run })).toMatchObject({ verdict: 'done' });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await now(manifest.object)).toBeUndefined();
    await fixture.api.remove(`${path('nodemend')}/${recordName(run)}`);
  });

  test('without the namespace for records nothing is changed', async () => {
    const [patch, manifest] = await twoActions();
    const dependencies = { ...fixture.machine(), lease: { namespace: 'team', name: 'nodemend-run' } };
    await expect(apply([patch, manifest], dependencies)).rejects.toMatchObject({
      code: 'CLUSTER_RECORD_NAMESPACE_MISSING',
      params: { namespace: 'team-runs' },
    });
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('where the record is gone, the machine that has the plan undoes it; another one says what is missing', async () => {
    const [patch, manifest] = await twoActions();
    const dependencies = fixture.machine();
    const { run } = await apply([patch, manifest], dependencies);
    await fixture.api.remove(`/api/v1/namespaces/nodemend-runs/configmaps/${recordName(run)}`);

    await expect(undoRun({ ...withoutAccess(), run })).rejects.toMatchObject({ code: 'ACCESS_NOT_ASKED' });
    const planless: JournalStore = { ...dependencies.journal, plan: () => Promise.resolve(undefined) };
    await expect(undoRun({ ...dependencies, journal: planless, run })).rejects.toMatchObject({
      code: 'CLUSTER_RECORD_MISSING',
    });
    expect(await undoRun({ ...dependencies, run })).toMatchObject({ verdict: 'done' });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await now(manifest.object)).toBeUndefined();
  });
});

describe('a run whose plan is not on this machine', () => {
  /** What was shown to whoever was asked. */
  function asking(answer: () => Promise<void>): RunDependencies & { readonly shown: Proposal[] } {
    const shown: Proposal[] = [];
    const approve: RunDependencies['approve'] = (proposal) => {
      shown.push(proposal);
      return answer();
    };
    return { ...fixture.machine(), approve, shown };
  }
  const unasked = (): RunDependencies => {
    const { approve: _approve, ...dependencies } = fixture.machine();
    return dependencies;
  };
  const declined = new NodemendError('APPROVAL_DECLINED', { context: '' });

  test('is shown before it is undone, and left as it is when nobody says yes', async () => {
    const [patch, manifest] = await twoActions();
    const { run } = await apply([patch, manifest]);
    await expect(undoRun({ ...unasked(), run })).rejects.toMatchObject({ code: 'RUN_FROM_ELSEWHERE' });
    const no = asking(() => Promise.reject(declined));
    await expect(undoRun({ ...no, run })).rejects.toMatchObject({ code: 'APPROVAL_DECLINED' });
    expect(no.shown).toMatchObject([{ origin: 'record', undoes: true, objects: [patch, manifest] }]);
    expect(await seen(patch)).toEqual([newImage]);
    expect(await excepted(manifest.object)).toBe('value');
    // With its plan it needs nobody's word but the plan's.
    expect(await undoRun({ ...unasked(), run, plan: await planFile([patch, manifest]) })).toMatchObject({
      verdict: 'done',
    });
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('without a way onto nodes is not called done: that it has none, its record alone says', async () => {
    const actions = await twoActions();
    const { run } = await apply(actions);
    const { transport: _transport, ...dependencies } = fixture.machine();
    expect(await undoRun({ ...dependencies, run })).toMatchObject({
      verdict: 'partly',
      exitCode: 6,
      stopped: { code: 'RUN_NODES_UNPROVEN' },
      objects: [{ ending: 'done' }, { ending: 'done' }],
    });
  });

  test('is not called undone where its record says that nothing was changed, and the object says otherwise', async () => {
    const actions = await twoActions();
    const { run } = await apply(actions);
    const path = `/api/v1/namespaces/nodemend-runs/configmaps/${recordName(run)}`;
    const record = { kind: 'ConfigMap', group: '', version: 'v1', resource: 'configmaps', namespace: 'nodemend-runs' };
    const { data } = await fixture.api.get(path, (raw) => raw);
    const told = (data as Readonly<Record<string, string>>)['run.json'] ?? '';
    expect(told).toContain('"applied"');
    const says = (phase: string): Promise<unknown> =>
      write({ ...record, name: recordName(run) }, { data: { 'run.json': told.replaceAll('"applied"', `"${phase}"`) } });

    for (const phase of ['planned', 'undone']) {
      await says(phase);
      expect(await undoRun({ ...asking(() => Promise.resolve()), run })).toMatchObject({
        verdict: 'refused',
        objects: [
          { left: 'unknown', code: 'OBJECT_RECORD_CONTRADICTED' },
          { left: 'unknown', code: 'OBJECT_RECORD_CONTRADICTED' },
        ],
      });
      expect(await seen(actions[0])).toEqual([newImage]);
    }
    await says('applied');
    expect(await undoRun({ ...unasked(), run, plan: await planFile(actions) })).toMatchObject({ verdict: 'done' });
  });

  test('is resumed from its record without being called done, and with its plan is', async () => {
    const interrupt = new AbortController();
    const dependencies = fixture.machine();
    const actions = await twoActions();
    const onEvent: RunDependencies['onEvent'] = (event) => {
      if (event.event === 'object-ended') interrupt.abort();
    };
    const { run } = await apply(actions, { ...dependencies, onEvent, signal: interrupt.signal });
    await expect(resumeRun({ ...unasked(), run })).rejects.toMatchObject({ code: 'RUN_FROM_ELSEWHERE' });
    const yes = asking(() => Promise.resolve());
    expect(await resumeRun({ ...yes, run })).toMatchObject({
      verdict: 'partly',
      stopped: { code: 'RUN_NODES_UNPROVEN' },
      // What was not begun is not begun on a record's word.
      objects: [{ left: 'changed' }, { ending: 'not-started', left: 'as-before' }],
    });
    expect(yes.shown).toMatchObject([{ origin: 'record', undoes: false, objects: [actions[1]] }]);
    expect(await resumeRun({ ...fixture.machine(), run, plan: await planFile(actions) })).toMatchObject({
      verdict: 'done',
    });
  });

  test('is not what another plan says', async () => {
    const actions = await twoActions();
    const { run } = await apply(actions);
    const other = await planFile([actions[0]]);
    await expect(undoRun({ ...fixture.machine(), run, plan: other })).rejects.toMatchObject({
      code: 'CLUSTER_RECORD_INVALID',
    });
    expect(await seen(actions[0])).toEqual([newImage]);
  });
});

describe('a record that somebody forged', () => {
  test('with a policy that nodemend would not write: refused, whoever says yes', async () => {
    const name = fresh();
    const { object } = manifestOf(name, 'absent', 'absent');
    const closed = ownBinding(name, 'value');
    const from = { ...closed, spec: { ...(closed['spec'] as JsonObject), validationActions: ['Deny'] } };
    const run = '20261126-1200-admission-policy-1bad';
    await forgeRecord(fixture.api, run, [{ ...manifestOf(name, from, 'absent'), cures: [] } as unknown as JsonObject]);

    await expect(undoRun({ ...fixture.machine(), run })).rejects.toMatchObject({
      code: 'CLUSTER_RECORD_INVALID',
      params: { problem: expect.stringContaining('not what this nodemend would plan') as unknown },
    });
    expect(await now(object)).toBeUndefined();
  });

  const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
  const names = (): Promise<readonly unknown[]> =>
    fixture.api.list(bindings, { project: (raw) => (raw['metadata'] as JsonObject)['name'] });

  test('with a ClusterRoleBinding: neither undo nor resume brings it', async () => {
    const run = '20261126-1200-admission-policy-0bad';
    await forgeRecord(fixture.api, run, [stolenCluster]);

    await expect(undoRun({ ...fixture.machine(), run })).rejects.toMatchObject({ code: 'CLUSTER_RECORD_INVALID' });
    await fixture.api.remove(`/api/v1/namespaces/nodemend/configmaps/${recordName(run)}`);
    const { from, to } = stolenCluster;
    await forgeRecord(fixture.api, run, [{ ...stolenCluster, from: to ?? '', to: from ?? '' }], {
      phases: ['planned'],
    });
    await expect(resumeRun({ ...fixture.machine(), run })).rejects.toMatchObject({ code: 'CLUSTER_RECORD_INVALID' });
    expect(await names()).not.toContain('nodemend-evil');
    expect(await names()).toContain('cluster-admin');
  });
});

describe('new pods', () => {
  const rolling = (dependencies: RunDependencies): RunDependencies => ({
    ...dependencies,
    options: { ...dependencies.options, allow: ['restart'] },
  });
  const setStatus = (object: ObjectReference, status: JsonObject): Promise<void> =>
    fixture.api.patch(`${objectPath(object)}/status`, { status }, { type: 'merge', project: () => undefined });
  const generation = async (object: ObjectReference): Promise<number> =>
    Number(valueAt((await now(object)) ?? {}, '/metadata/generation'));

  /** Plays the deployment controller, which is not here, once the change is there. */
  async function play(patch: ObjectPatchAction, status: JsonObject): Promise<void> {
    await waitUntil(async () => ((await seen(patch))[0] === newImage ? undefined : 'the change'));
    await setStatus(patch.object, { observedGeneration: await generation(patch.object), ...status });
  }

  const over = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };

  async function applied(patch: ObjectPatchAction, playing: Promise<void>): Promise<RunResult> {
    const [result] = await Promise.all([apply([patch], rolling(fixture.machine())), playing]);
    return result;
  }

  test('are waited for; an undo needs the same word', async () => {
    const patch = await makeWorkload(fixture.api, deployment(fresh()));
    const result = await applied(patch, play(patch, over));

    expect(result).toMatchObject({ verdict: 'done', objects: [{ left: 'changed' }] });
    expect(await undoRun({ ...fixture.machine(), run: result.run })).toMatchObject({
      verdict: 'refused',
      exitCode: 8,
      objects: [{ code: 'DISRUPTION_NOT_ALLOWED', left: 'changed' }],
    });
    expect(await undoRun({ ...rolling(fixture.machine()), run: result.run })).toMatchObject({ verdict: 'done' });
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('that the controller gives up on take the change back', async () => {
    const patch = await makeWorkload(fixture.api, deployment(fresh()));
    const result = await applied(
      patch,
      play(patch, { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] }),
    );

    expect(result).toMatchObject({
      verdict: 'stopped-and-restored',
      objects: [
        {
          ending: 'failed',
          left: 'as-before',
          step: 'verify',
          code: 'ROLLOUT_INCOMPLETE',
          params: { context: 'failed', reason: 'ProgressDeadlineExceeded' },
        },
      ],
    });
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('whose image does not come take it back at once; of an old pod the change is not to blame', async () => {
    const patch = await makeWorkload(fixture.api, deployment(fresh()));
    const pods = '/api/v1/namespaces/team/pods';
    const makePod = async (image: string): Promise<void> => {
      const name = fresh();
      await fixture.api.create(
        pods,
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, labels: { app: 'a' } },
          spec: { containers: [{ name: 'main', image }] },
        },
        () => undefined,
      );
      const waiting = {
        containerStatuses: [
          {
            name: 'main',
            image,
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason: 'ImagePullBackOff' } },
          },
        ],
      };
      await fixture.api.patch(
        `${pods}/${name}/status`,
        { status: waiting },
        { type: 'merge', project: () => undefined },
      );
    };
    await makePod(oldImage);
    const playing = play(patch, { replicas: 1 }).then(() => makePod(newImage));
    const result = await applied(patch, playing);

    expect(result).toMatchObject({
      verdict: 'stopped-and-restored',
      objects: [
        {
          ending: 'failed',
          left: 'as-before',
          code: 'ROLLOUT_INCOMPLETE',
          params: { context: 'waiting', container: 'main', reason: 'ImagePullBackOff' },
        },
      ],
    });
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('that are slow: Ctrl-C ends the waiting and not the change, and a resume waits again', async () => {
    const patch = await makeWorkload(fixture.api, deployment(fresh()));
    const interrupt = new AbortController();
    const dependencies = { ...rolling(fixture.machine()), signal: interrupt.signal };
    const [result] = await Promise.all([
      apply([patch], dependencies),
      play(patch, { replicas: 1 }).then(() => interrupt.abort()),
    ]);
    expect(result).toMatchObject({
      verdict: 'partly',
      interrupted: true,
      objects: [{ ending: 'interrupted', left: 'changed', step: 'verify' }],
    });

    const [resumed] = await Promise.all([
      resumeRun({ ...rolling(fixture.machine()), run: result.run, plan: await planFile([patch]) }),
      play(patch, over),
    ]);
    expect(resumed).toMatchObject({ verdict: 'done', objects: [{ ending: 'done', left: 'changed' }] });
    expect(await seen(patch)).toEqual([newImage]);
  });
});

describe('beside nodes', () => {
  const names = ['worker-1', 'worker-2'];
  const fixtureOf = fixtureMaker();

  beforeAll(async () => {
    for (const name of names)
      await fixture.api.create(
        '/api/v1/nodes',
        { apiVersion: 'v1', kind: 'Node', metadata: { name } },
        () => undefined,
      );
  });

  /** Real files and locks on nodes that are roots of their own, and objects of the real API server. */
  async function mixed(
    actions: readonly ClusterActionSpec[],
    change: Parameters<ReturnType<typeof fixtureOf>['dependencies']>[0] = {},
  ): Promise<{ readonly nodes: ReturnType<typeof fixtureOf>; readonly result: RunResult }> {
    const nodes = fixtureOf(names);
    const plan = await fixture.plan(actions, planFor(nodes.nodes));
    return { nodes, result: await applyPlan({ ...nodes.dependencies({ api: fixture.api, ...change }), plan }) };
  }

  const order = (events: readonly RunEvent[]): readonly string[] =>
    events.flatMap((event) =>
      event.event === 'step-ended' && ['commit', 'patch', 'undo'].includes(event.step)
        ? `${event.step} ${event.node ?? event.object}`
        : [],
    );

  test('nodes come first, and objects are undone first, from a machine that knows nothing of it', async () => {
    const patch = await makeWorkload(fixture.api, cronJob(fresh()));
    const { nodes, result } = await mixed([patch]);
    const object = `team/CronJob/${patch.object.name}`;

    expect(result).toMatchObject({
      verdict: 'done',
      nodes: [{ ending: 'done' }, { ending: 'done' }],
      objects: [{ ending: 'done' }],
    });
    expect(order(nodes.events)).toEqual(['commit worker-1', 'commit worker-2', `patch ${object}`]);
    expect(nodes.state()).toEqual(['worker-1 new', 'worker-2 new']);

    const approve = async (): Promise<void> => {};
    const elsewhere = nodes.dependencies({ api: fixture.api, approve, journal: nodes.journal(nodes.newFolder()) });
    await expect(undoRun({ ...withoutAccess(), run: result.run })).rejects.toMatchObject({ code: 'ACCESS_NOT_ASKED' });
    expect(await verifyRun({ ...elsewhere, run: result.run })).toMatchObject({
      exitCode: 0,
      verifications: [{ subject: object }, { node: 'worker-1' }, { node: 'worker-2' }],
    });
    nodes.events.length = 0;
    expect(await undoRun({ ...elsewhere, run: result.run })).toMatchObject({ verdict: 'done' });
    expect(order(nodes.events)[0]).toBe(`undo ${object}`);
    expect(nodes.state()).toEqual(['worker-1 old', 'worker-2 old']);
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('a node that fails: no object is begun', async () => {
    const patch = await makeWorkload(fixture.api, cronJob(fresh()));
    const nodes = fixtureOf(names);
    const plan = await fixture.plan([patch], planFor(nodes.nodes));
    nodes.node('worker-2').outside('rm', '-r', nodes.node('worker-2').path('/etc/logrotate.d'));
    nodes.node('worker-2').outside('mkdir', nodes.node('worker-2').path('/etc/logrotate.d'));
    const result = await applyPlan({ ...nodes.dependencies({ api: fixture.api }), plan });

    expect(result).toMatchObject({
      verdict: 'partly',
      exitCode: 6,
      nodes: [{ ending: 'done' }, { ending: 'refused' }],
      objects: [{ ending: 'not-started', left: 'as-before' }],
    });
    expect(await seen(patch)).toEqual([oldImage]);
  });

  test('an object that fails: the nodes stay as they are, and the run says so', async () => {
    const patch = await makeWorkload(fixture.api, cronJob(fresh()));
    await fixture.api.remove(objectPath(patch.object));
    const { nodes, result } = await mixed([patch]);

    expect(result).toMatchObject({
      verdict: 'partly',
      exitCode: 6,
      nodes: [{ left: 'changed' }, { left: 'changed' }],
      objects: [{ ending: 'refused', code: 'OBJECT_GONE' }],
      stopped: { why: 'object' },
    });
    expect(nodes.state()).toEqual(['worker-1 new', 'worker-2 new']);
    expect(await undoRun({ ...nodes.dependencies({ api: fixture.api }), run: result.run })).toMatchObject({
      verdict: 'done',
    });
    expect(nodes.state()).toEqual(['worker-1 old', 'worker-2 old']);
  });

  test('a plan with nodes, and no way onto them', async () => {
    const nodes = fixtureOf(names);
    const plan = await fixture.plan([], planFor(nodes.nodes));
    const { clusterActions: _none, ...rest } = plan;
    const { transport: _transport, ...dependencies } = nodes.dependencies({ api: fixture.api });

    await expect(applyPlan({ ...dependencies, plan: rest })).rejects.toMatchObject({
      code: 'ACCESS_NOT_ASKED',
      params: { command: 'apply' },
    });
  });
});

describe('a run that dies around any line of its journal', () => {
  /** What a process that was killed cannot do any more: write its journal, or reach the API server. */
  function dyingAt(line: number, when: 'before' | 'after'): RunDependencies & { readonly died: () => boolean } {
    const dependencies = fixture.machine();
    let [lines, dead] = [0, false];
    const alive = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
      dead ? Promise.reject(new Error('killed')) : work();
    const api = new Proxy(fixture.api, {
      get: (target, key: keyof typeof fixture.api) =>
        typeof target[key] === 'function'
          ? (...args: readonly unknown[]) =>
              alive(async () => (target[key] as (...given: readonly unknown[]) => unknown)(...args))
          : target[key],
    });
    const journal: JournalStore = {
      ...dependencies.journal,
      open: async (run, session) => {
        const real = await dependencies.journal.open(run, session);
        return {
          ...real,
          write: async (note) => {
            lines += 1;
            if (lines === line && when === 'before') dead = true;
            await alive(() => real.write(note));
            if (lines === line && when === 'after') dead = true;
            await alive(() => Promise.resolve());
          },
        };
      },
    };
    return { ...dependencies, api, journal, died: () => dead };
  }

  /** Begin, three steps of two actions each before and after, their outcomes, the end. */
  const lines = 16;
  const deaths = Array.from({ length: lines }, (_all, index) => index + 1).flatMap((line) => [
    [line, 'before'] as const,
    [line, 'after'] as const,
  ]);

  async function killed(
    line: number,
    when: 'before' | 'after',
  ): Promise<{ readonly run: string; readonly actions: Awaited<ReturnType<typeof twoActions>> }> {
    const actions = await twoActions();
    const dependencies = dyingAt(line, when);
    const came = await apply(actions, dependencies).catch((error: unknown) => error);
    // It says what ended it instead.
    expect(dependencies.died() || came).toBe(true);
    const { runs } = await listClusterRuns(fixture.machine(), dependencies.signal);
    const run = runs.find(({ owner }) => owner === dependencies.options.owner)?.run ?? '';
    expect(run).not.toBe('');
    return { run, actions };
  }

  test.each(deaths)('line %i, %s it: resumed elsewhere it is done', async (line, when) => {
    const { run, actions } = await killed(line, when);
    const [patch, manifest] = actions;
    const result = await resumeRun({ ...fixture.machine(), run, plan: await planFile(actions) });

    expect(result).toMatchObject({
      kind: 'resume',
      verdict: 'done',
      objects: [
        { ending: 'done', left: 'changed' },
        { ending: 'done', left: 'changed' },
      ],
    });
    expect(await seen(patch)).toEqual([newImage]);
    expect(await excepted(manifest.object)).toBe('value');
  });

  test.each(deaths)('line %i, %s it: undone elsewhere nothing of it is left', async (line, when) => {
    const { run, actions } = await killed(line, when);
    const [patch, manifest] = actions;

    expect(await undoRun({ ...fixture.machine(), run })).toMatchObject({ kind: 'undo', verdict: 'done' });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await now(manifest.object)).toBeUndefined();
  });

  test('a process from which the run was taken over changes nothing more', async () => {
    const [patch, manifest] = await twoActions();
    const dependencies = fixture.machine();
    let takenOver = false;
    const onEvent: RunDependencies['onEvent'] = (event) => dependencies.onEvent(event);
    const journal: JournalStore = {
      ...dependencies.journal,
      open: async (run, session) => {
        const real = await dependencies.journal.open(run, session);
        return {
          ...real,
          write: async (note) => {
            await real.write(note);
            if (note.entry !== 'object' || takenOver) return;
            takenOver = true;
            await undoRun({ ...fixture.machine(), run });
          },
        };
      },
    };
    const result = await apply([patch, manifest], { ...dependencies, journal, onEvent }).catch(
      (error: unknown) => error,
    );

    expect(isNodemendError(result) ? result.code : (result as RunResult).stopped).toMatchObject({
      why: 'error',
      code: 'CLUSTER_RECORD_TAKEN',
    });
    expect(await seen(patch)).toEqual([oldImage]);
    expect(await now(manifest.object)).toBeUndefined();
  });
});
