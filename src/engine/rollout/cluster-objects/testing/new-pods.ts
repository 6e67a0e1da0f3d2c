import { describe, expect, test } from 'vitest';
import type { ObjectPatchAction } from '../../../../actions/object-patch/object-patch-action.ts';
import type { ObjectReference } from '../../../../actions/cluster-action.ts';
import { valueAt } from '../../../../actions/json-pointer.ts';
import { objectPath } from '../../../../actions/read-object.ts';
import type { JsonObject } from '../../../../kubernetes/api.ts';
import { waitUntil } from '../../../../../test/end-to-end/wait-until.ts';
import { resumeRun } from '../../../resume.ts';
import type { RunResult } from '../../../run.ts';
import { undoRun } from '../../../undo.ts';
import type { RunDependencies } from '../../run-request.ts';
import { deployment, makeWorkload, newImage, oldImage } from './object-fixture.ts';
import type { ObjectsOnCluster } from './objects-on-cluster.ts';

export function newPodsSuite(cluster: ObjectsOnCluster): void {
  const { fresh, now, seen, apply, planFile } = cluster;

  describe('new pods', () => {
    const rolling = (dependencies: RunDependencies): RunDependencies => ({
      ...dependencies,
      options: { ...dependencies.options, allow: ['restart'] },
    });
    const setStatus = (object: ObjectReference, status: JsonObject): Promise<void> =>
      cluster.fixture.api.patch(
        `${objectPath(object)}/status`,
        { status },
        { type: 'merge', project: () => undefined },
      );
    const generation = async (object: ObjectReference): Promise<number> =>
      Number(valueAt((await now(object)) ?? {}, '/metadata/generation'));

    /** Plays the deployment controller, which is not here, once the change is there. */
    async function play(patch: ObjectPatchAction, status: JsonObject): Promise<void> {
      await waitUntil(async () => ((await seen(patch))[0] === newImage ? undefined : 'the change'));
      await setStatus(patch.object, { observedGeneration: await generation(patch.object), ...status });
    }

    const over = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };

    async function applied(patch: ObjectPatchAction, playing: Promise<void>): Promise<RunResult> {
      const [result] = await Promise.all([apply([patch], rolling(cluster.fixture.machine())), playing]);
      return result;
    }

    test('are waited for; an undo needs the same word', async () => {
      const patch = await makeWorkload(cluster.fixture.api, deployment(fresh()));
      const result = await applied(patch, play(patch, over));

      expect(result).toMatchObject({ verdict: 'done', objects: [{ left: 'changed' }] });
      expect(await undoRun({ ...cluster.fixture.machine(), run: result.run })).toMatchObject({
        verdict: 'refused',
        exitCode: 8,
        objects: [{ code: 'DISRUPTION_NOT_ALLOWED', left: 'changed' }],
      });
      expect(await undoRun({ ...rolling(cluster.fixture.machine()), run: result.run })).toMatchObject({
        verdict: 'done',
      });
      expect(await seen(patch)).toEqual([oldImage]);
    });

    test('that the controller gives up on take the change back', async () => {
      const patch = await makeWorkload(cluster.fixture.api, deployment(fresh()));
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
      const patch = await makeWorkload(cluster.fixture.api, deployment(fresh()));
      const pods = '/api/v1/namespaces/team/pods';
      const makePod = async (image: string): Promise<void> => {
        const name = fresh();
        await cluster.fixture.api.create(
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
        await cluster.fixture.api.patch(
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
      const patch = await makeWorkload(cluster.fixture.api, deployment(fresh()));
      const interrupt = new AbortController();
      const dependencies = { ...rolling(cluster.fixture.machine()), signal: interrupt.signal };
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
        resumeRun({ ...rolling(cluster.fixture.machine()), run: result.run, plan: await planFile([patch]) }),
        play(patch, over),
      ]);
      expect(resumed).toMatchObject({ verdict: 'done', objects: [{ ending: 'done', left: 'changed' }] });
      expect(await seen(patch)).toEqual([newImage]);
    });
  });
}
