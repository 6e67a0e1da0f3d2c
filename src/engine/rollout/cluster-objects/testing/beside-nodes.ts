import { beforeAll, describe, expect, test } from 'vitest';
import type { ClusterActionSpec } from '../../../../actions/cluster-action-kinds.ts';
import { objectPath } from '../../../../actions/read-object.ts';
import { planFor } from '../../../../../test/chroot/rollout-fixture.ts';
import { fixtureMaker } from '../../../../../test/chroot/rollout-fixtures.ts';
import type { RunEvent, RunResult } from '../../../run.ts';
import { undoRun } from '../../../undo.ts';
import { verifyRun } from '../../../verify.ts';
import { applyPlan } from '../../apply-plan.ts';
import { cronJob, makeWorkload, oldImage } from './object-fixture.ts';
import type { ObjectsOnCluster } from './objects-on-cluster.ts';

export function besideNodesSuite(cluster: ObjectsOnCluster): void {
  const { fresh, seen, withoutAccess } = cluster;

  describe('beside nodes', () => {
    const names = ['worker-1', 'worker-2'];
    const fixtureOf = fixtureMaker();

    beforeAll(async () => {
      for (const name of names)
        await cluster.fixture.api.create(
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
      const plan = await cluster.fixture.plan(actions, planFor(nodes.nodes));
      return {
        nodes,
        result: await applyPlan({ ...nodes.dependencies({ api: cluster.fixture.api, ...change }), plan }),
      };
    }

    const order = (events: readonly RunEvent[]): readonly string[] =>
      events.flatMap((event) =>
        event.event === 'step-ended' && ['commit', 'patch', 'undo'].includes(event.step)
          ? `${event.step} ${event.node ?? event.object}`
          : [],
      );

    test('nodes come first, and objects are undone first, from a machine that knows nothing of it', async () => {
      const patch = await makeWorkload(cluster.fixture.api, cronJob(fresh()));
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
      const elsewhere = nodes.dependencies({
        api: cluster.fixture.api,
        approve,
        journal: nodes.journal(nodes.newFolder()),
      });
      await expect(undoRun({ ...withoutAccess(), run: result.run })).rejects.toMatchObject({
        code: 'ACCESS_NOT_ASKED',
      });
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
      const patch = await makeWorkload(cluster.fixture.api, cronJob(fresh()));
      const nodes = fixtureOf(names);
      const plan = await cluster.fixture.plan([patch], planFor(nodes.nodes));
      nodes.node('worker-2').outside('rm', '-r', nodes.node('worker-2').path('/etc/logrotate.d'));
      nodes.node('worker-2').outside('mkdir', nodes.node('worker-2').path('/etc/logrotate.d'));
      const result = await applyPlan({ ...nodes.dependencies({ api: cluster.fixture.api }), plan });

      expect(result).toMatchObject({
        verdict: 'partly',
        exitCode: 6,
        nodes: [{ ending: 'done' }, { ending: 'refused' }],
        objects: [{ ending: 'not-started', left: 'as-before' }],
      });
      expect(await seen(patch)).toEqual([oldImage]);
    });

    test('an object that fails: the nodes stay as they are, and the run says so', async () => {
      const patch = await makeWorkload(cluster.fixture.api, cronJob(fresh()));
      await cluster.fixture.api.remove(objectPath(patch.object));
      const { nodes, result } = await mixed([patch]);

      expect(result).toMatchObject({
        verdict: 'partly',
        exitCode: 6,
        nodes: [{ left: 'changed' }, { left: 'changed' }],
        objects: [{ ending: 'refused', code: 'OBJECT_GONE' }],
        stopped: { why: 'object' },
      });
      expect(nodes.state()).toEqual(['worker-1 new', 'worker-2 new']);
      expect(await undoRun({ ...nodes.dependencies({ api: cluster.fixture.api }), run: result.run })).toMatchObject({
        verdict: 'done',
      });
      expect(nodes.state()).toEqual(['worker-1 old', 'worker-2 old']);
    });

    test('a plan with nodes, and no way onto them', async () => {
      const nodes = fixtureOf(names);
      const plan = await cluster.fixture.plan([], planFor(nodes.nodes));
      const { clusterActions: _none, ...rest } = plan;
      const { transport: _transport, ...dependencies } = nodes.dependencies({ api: cluster.fixture.api });

      await expect(applyPlan({ ...dependencies, plan: rest })).rejects.toMatchObject({
        code: 'ACCESS_NOT_ASKED',
        params: { command: 'apply' },
      });
    });
  });
}
