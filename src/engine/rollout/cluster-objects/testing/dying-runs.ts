import { describe, expect, test } from 'vitest';
import { isNodemendError } from '../../../../errors/nodemend-error.ts';
import { listClusterRuns } from '../../../history.ts';
import type { JournalStore } from '../../../journal/journal-store.ts';
import { resumeRun } from '../../../resume.ts';
import type { RunResult } from '../../../run.ts';
import { undoRun } from '../../../undo.ts';
import type { RunDependencies } from '../../run-request.ts';
import { newImage, oldImage } from './object-fixture.ts';
import type { ObjectsOnCluster } from './objects-on-cluster.ts';

export function dyingRunsSuite(cluster: ObjectsOnCluster): void {
  const { now, seen, excepted, apply, planFile, twoActions } = cluster;

  describe('a run that dies around any line of its journal', () => {
    /** What a process that was killed cannot do any more: write its journal, or reach the API server. */
    function dyingAt(line: number, when: 'before' | 'after'): RunDependencies & { readonly died: () => boolean } {
      const dependencies = cluster.fixture.machine();
      let [lines, dead] = [0, false];
      const alive = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
        dead ? Promise.reject(new Error('killed')) : work();
      const api = new Proxy(cluster.fixture.api, {
        get: (target, key: keyof typeof cluster.fixture.api) =>
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
      const { runs } = await listClusterRuns(cluster.fixture.machine(), dependencies.signal);
      const run = runs.find(({ owner }) => owner === dependencies.options.owner)?.run ?? '';
      expect(run).not.toBe('');
      return { run, actions };
    }

    test.each(deaths)('line %i, %s it: resumed elsewhere it is done', async (line, when) => {
      const { run, actions } = await killed(line, when);
      const [patch, manifest] = actions;
      const result = await resumeRun({ ...cluster.fixture.machine(), run, plan: await planFile(actions) });

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

      expect(await undoRun({ ...cluster.fixture.machine(), run })).toMatchObject({ kind: 'undo', verdict: 'done' });
      expect(await seen(patch)).toEqual([oldImage]);
      expect(await now(manifest.object)).toBeUndefined();
    });

    test('a process from which the run was taken over changes nothing more', async () => {
      const [patch, manifest] = await twoActions();
      const dependencies = cluster.fixture.machine();
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
              await undoRun({ ...cluster.fixture.machine(), run });
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
}
