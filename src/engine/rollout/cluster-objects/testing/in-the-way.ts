import { describe, expect, test } from 'vitest';
import { collectionPath } from '../../../../actions/pull-secret/kept-secret.ts';
import { objectPath } from '../../../../actions/read-object.ts';
import { NodemendError } from '../../../../errors/nodemend-error.ts';
import type { JsonObject } from '../../../../kubernetes/api.ts';
import { listClusterRuns } from '../../../history.ts';
import type { JournalStore } from '../../../journal/journal-store.ts';
import { undoRun } from '../../../undo.ts';
import { verifyRun } from '../../../verify.ts';
import { recordName } from '../record-store.ts';
import {
  deployment,
  exceptNamespaces,
  job,
  makeWorkload,
  manifestOf,
  newImage,
  oldImage,
  ownBinding,
} from './object-fixture.ts';
import type { ObjectsOnCluster } from './objects-on-cluster.ts';

export function inTheWaySuite(cluster: ObjectsOnCluster): void {
  const { fresh, now, seen, excepted, write, apply, twoActions, withoutAccess } = cluster;

  describe('what is in the way', () => {
    test('somebody changed the field since the plan: refused with a diff, nothing is touched', async () => {
      const [patch, manifest] = await twoActions();
      await cluster.fixture.api.patch(
        objectPath(patch.object),
        [{ op: 'replace', path: patch.changes[0]?.path ?? '', value: 'their/own:1' }],
        { type: 'json', project: () => undefined },
      );
      const result = await apply([patch, manifest]);

      expect(result).toMatchObject({
        verdict: 'refused',
        exitCode: 8,
        stopped: { why: 'object' },
        objects: [
          { ending: 'refused', left: 'as-before', code: 'OBJECT_CHANGED_SINCE_PLAN' },
          { ending: 'not-started' },
        ],
      });
      expect(result.objects?.[0]?.diff).toContain(
        `@@ spec.jobTemplate.spec.template.spec.containers[0] @@\n-image: ${oldImage}\n+image: their/own:1`,
      );
      expect(await now(manifest.object)).toBeUndefined();
    });

    test('another object under the same name is not touched', async () => {
      const [patch] = await twoActions();
      await cluster.fixture.api.remove(objectPath(patch.object));
      const again = await makeWorkload(cluster.fixture.api, patch.object);

      expect(await apply([patch])).toMatchObject({ verdict: 'refused', objects: [{ code: 'OBJECT_GONE' }] });
      expect(await seen(again)).toEqual([oldImage]);
    });

    test('an object that is not ours: what the run had changed is undone', async () => {
      const [patch, manifest] = await twoActions();
      const { object } = manifest;
      const { metadata: _ours, ...theirs } = ownBinding('x', 'theirs');
      await cluster.fixture.api.create(
        collectionPath(object),
        { ...theirs, metadata: { name: object.name } },
        () => undefined,
      );
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
      const wrong = await makeWorkload(cluster.fixture.api, job(fresh()));
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
      const undone = await undoRun({ ...cluster.fixture.machine(), run });

      expect(undone).toMatchObject({
        verdict: 'partly',
        exitCode: 6,
        objects: [{ ending: 'done' }, { ending: 'refused', left: 'changed', code: 'OBJECT_CHANGED_SINCE_RUN' }],
      });
      expect(undone.objects?.[1]?.diff).toMatch(/^-\s+- value\n\+\s+- edited$/mu);
      expect(await seen(patch)).toEqual([oldImage]);
      expect(await verifyRun({ ...cluster.fixture.machine(), run })).toMatchObject({
        exitCode: 3,
        verifications: [{ state: 'undone' }, { state: 'changed' }],
      });
    });

    test('new pods need a word of their own, to be made and to be undone', async () => {
      const patch = await makeWorkload(cluster.fixture.api, deployment(fresh()));

      await expect(apply([patch])).rejects.toMatchObject({
        code: 'DISRUPTION_NOT_ALLOWED',
        params: { what: 'restart' },
      });
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
      await expect(undoRun({ ...cluster.fixture.machine(), run })).rejects.toMatchObject({
        code: 'CLUSTER_RECORD_INVALID',
      });
      expect(await listClusterRuns(cluster.fixture.machine(), new AbortController().signal)).toMatchObject({
        unknown: [{ code: 'CLUSTER_RECORD_INVALID' }],
      });
    });

    test('a record that says something else than the plan is not carried out by the machine that has it', async () => {
      const actions = await twoActions();
      const dependencies = cluster.fixture.machine();
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
      const dependencies = cluster.fixture.machine();
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
      const { apiVersion, kind, metadata, data } = await cluster.fixture.api.get(
        `${path('nodemend-runs')}/${recordName(run)}`,
        (raw) => raw,
      );
      const { name, labels } = metadata as { readonly [key: string]: JsonObject };
      const moved = { apiVersion, kind, metadata: { name, labels }, data } as unknown as JsonObject;
      await cluster.fixture.api.create(path('nodemend'), moved, () => undefined);
      await cluster.fixture.api.remove(`${path('nodemend-runs')}/${recordName(run)}`);

      const machine = cluster.fixture.machine();
      const { runs } = await listClusterRuns(machine, machine.signal);
      expect(runs.map((one) => one.run)).toContain(run);
      expect(await undoRun({ ...machine, run })).toMatchObject({ verdict: 'done' });
      expect(await seen(patch)).toEqual([oldImage]);
      expect(await now(manifest.object)).toBeUndefined();
      await cluster.fixture.api.remove(`${path('nodemend')}/${recordName(run)}`);
    });

    test('without the namespace for records nothing is changed', async () => {
      const [patch, manifest] = await twoActions();
      const dependencies = { ...cluster.fixture.machine(), lease: { namespace: 'team', name: 'nodemend-run' } };
      await expect(apply([patch, manifest], dependencies)).rejects.toMatchObject({
        code: 'CLUSTER_RECORD_NAMESPACE_MISSING',
        params: { namespace: 'team-runs' },
      });
      expect(await seen(patch)).toEqual([oldImage]);
    });

    test('where the record is gone, the machine that has the plan undoes it; another one says what is missing', async () => {
      const [patch, manifest] = await twoActions();
      const dependencies = cluster.fixture.machine();
      const { run } = await apply([patch, manifest], dependencies);
      await cluster.fixture.api.remove(`/api/v1/namespaces/nodemend-runs/configmaps/${recordName(run)}`);

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
}
