import { describe, expect, test } from 'vitest';
import { NodemendError } from '../../../../errors/nodemend-error.ts';
import type { JsonObject } from '../../../../kubernetes/api.ts';
import { resumeRun } from '../../../resume.ts';
import { undoRun } from '../../../undo.ts';
import type { RunDependencies } from '../../run-request.ts';
import type { Proposal } from '../proposal.ts';
import { recordName } from '../record-store.ts';
import { forgeRecord, manifestOf, newImage, oldImage, ownBinding, stolenCluster } from './object-fixture.ts';
import type { ObjectsOnCluster } from './objects-on-cluster.ts';

export function withoutItsPlanSuite(cluster: ObjectsOnCluster): void {
  const { fresh, now, seen, excepted, write, apply, planFile, twoActions } = cluster;

  describe('a run whose plan is not on this machine', () => {
    /** What was shown to whoever was asked. */
    function asking(answer: () => Promise<void>): RunDependencies & { readonly shown: Proposal[] } {
      const shown: Proposal[] = [];
      const approve: RunDependencies['approve'] = (proposal) => {
        shown.push(proposal);
        return answer();
      };
      return { ...cluster.fixture.machine(), approve, shown };
    }
    const unasked = (): RunDependencies => {
      const { approve: _approve, ...dependencies } = cluster.fixture.machine();
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
      const { transport: _transport, ...dependencies } = cluster.fixture.machine();
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
      const record = {
        kind: 'ConfigMap',
        group: '',
        version: 'v1',
        resource: 'configmaps',
        namespace: 'nodemend-runs',
      };
      const { data } = await cluster.fixture.api.get(path, (raw) => raw);
      const told = (data as Readonly<Record<string, string>>)['run.json'] ?? '';
      expect(told).toContain('"applied"');
      const says = (phase: string): Promise<unknown> =>
        write(
          { ...record, name: recordName(run) },
          { data: { 'run.json': told.replaceAll('"applied"', `"${phase}"`) } },
        );

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
      const dependencies = cluster.fixture.machine();
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
      expect(await resumeRun({ ...cluster.fixture.machine(), run, plan: await planFile(actions) })).toMatchObject({
        verdict: 'done',
      });
    });

    test('is not what another plan says', async () => {
      const actions = await twoActions();
      const { run } = await apply(actions);
      const other = await planFile([actions[0]]);
      await expect(undoRun({ ...cluster.fixture.machine(), run, plan: other })).rejects.toMatchObject({
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
      await forgeRecord(cluster.fixture.api, run, [
        { ...manifestOf(name, from, 'absent'), cures: [] } as unknown as JsonObject,
      ]);

      await expect(undoRun({ ...cluster.fixture.machine(), run })).rejects.toMatchObject({
        code: 'CLUSTER_RECORD_INVALID',
        params: { problem: expect.stringContaining('not what this nodemend would plan') as unknown },
      });
      expect(await now(object)).toBeUndefined();
    });

    const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
    const names = (): Promise<readonly unknown[]> =>
      cluster.fixture.api.list(bindings, { project: (raw) => (raw['metadata'] as JsonObject)['name'] });

    test('with a ClusterRoleBinding: neither undo nor resume brings it', async () => {
      const run = '20261126-1200-admission-policy-0bad';
      await forgeRecord(cluster.fixture.api, run, [stolenCluster]);

      await expect(undoRun({ ...cluster.fixture.machine(), run })).rejects.toMatchObject({
        code: 'CLUSTER_RECORD_INVALID',
      });
      await cluster.fixture.api.remove(`/api/v1/namespaces/nodemend/configmaps/${recordName(run)}`);
      const { from, to } = stolenCluster;
      await forgeRecord(cluster.fixture.api, run, [{ ...stolenCluster, from: to ?? '', to: from ?? '' }], {
        phases: ['planned'],
      });
      await expect(resumeRun({ ...cluster.fixture.machine(), run })).rejects.toMatchObject({
        code: 'CLUSTER_RECORD_INVALID',
      });
      expect(await names()).not.toContain('nodemend-evil');
      expect(await names()).toContain('cluster-admin');
    });
  });
}
