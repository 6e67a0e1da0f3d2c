import { expect, it } from 'vitest';
import type { KubeObject } from '../../../../lab/api/objects.ts';
import { kinds } from '../../../../lab/api/resources.ts';
import { serveFake, type ServedFake } from '../../../../lab/api/testing/serve-fake.ts';
import { namespace } from '../../../../lab/api/testing/some-objects.ts';
import { planFor, ruleFor, type RolloutFixture } from '../../../../test/chroot/rollout-fixture.ts';
import { brief, fixtureMaker } from '../../../../test/chroot/rollout-fixtures.ts';
import commit from '../../../actions/file/commit.sh?raw';
import { NodemendError } from '../../../errors/nodemend-error.ts';
import type { JsonObject } from '../../../kubernetes/api.ts';
import { planHash } from '../../plan-hash.ts';
import type { Plan } from '../../plan.ts';
import { resumeRun } from '../../resume.ts';
import { undoRun } from '../../undo.ts';
import { applyPlan } from '../apply-plan.ts';
import { someBudget, someNode, somePod } from '../preflight/testing/some-cluster.ts';
import type { RunDependencies } from '../run-request.ts';

/**
 * A rolling change that says of itself that it reboots its node, on real scripts in real roots beside the practice
 * cluster's API server. Nothing is rebooted: what is looked at is what the engine does around it.
 */
const makeFixture = fixtureMaker();
const three = ['worker-1', 'worker-2', 'worker-3'];

interface Rolling {
  readonly fixture: RolloutFixture;
  readonly served: ServedFake;
  readonly plan: Plan;
  /** What is true of the cluster at each step, as `worker-1 commit: out of service worker-1, pods on it 0`. */
  readonly steps: string[];
  readonly dependencies: (change?: Partial<Omit<RunDependencies, 'options'>>) => RunDependencies;
  readonly outOfService: () => readonly string[];
}

async function makeRolling(objects: readonly JsonObject[] = []): Promise<Rolling> {
  const fixture = makeFixture(three);
  const cluster = [
    ...['kube-system', 'nodemend'].map(namespace),
    ...three.map((name) => someNode({ name })),
    ...three.map((node) => somePod({ name: `web-${node}`, node })),
    ...objects,
  ] as unknown as readonly KubeObject[];
  const served = await serveFake(cluster);
  const api = served.client('admin');
  const uid = await api.get(
    '/api/v1/namespaces/kube-system',
    (raw) => (raw['metadata'] as { readonly uid: string }).uid,
  );
  const hosts = planFor(fixture.nodes, { actions: (node) => [ruleFor(node, { disrupts: 'reboot' })] });
  const unsealed: Plan = {
    ...hosts,
    target: { kind: 'cluster', uid, context: 'lab', server: 'https://lab' },
    nodes: hosts.nodes.map((node) => ({ ...node, uid: `uid-${node.name}` })),
  };
  const outOfService = (): readonly string[] =>
    served.store
      .list(kinds.Node, '')
      .filter((node) => (node['spec'] as { readonly unschedulable?: boolean }).unschedulable)
      .map(({ metadata }) => metadata.name);
  const steps: string[] = [];
  const podsOn = (node: string): number =>
    served.store.list(kinds.Pod, '').filter(({ spec }) => (spec as { readonly nodeName?: string }).nodeName === node)
      .length;
  return {
    fixture,
    served,
    steps,
    outOfService,
    plan: { ...unsealed, hash: planHash(unsealed) },
    dependencies: (change = {}) =>
      fixture.dependencies({
        api,
        onEvent: (event) => {
          if (event.event === 'pods-left') steps.push(`${event.node}: ${event.count} left`);
          if (event.event === 'step' && event.node !== undefined && event.step === 'commit')
            steps.push(`${event.node}: out of service ${outOfService().join(',')}, ${podsOn(event.node)} pods`);
        },
        ...change,
        options: { allow: ['reboot'] },
      }),
  };
}

it('takes one node after the other out of service, empty, and puts each back before the next', async () => {
  const { fixture, plan, steps, dependencies, outOfService } = await makeRolling();
  const result = await applyPlan({ ...dependencies(), plan });
  expect(brief(result)).toEqual(three.map((name) => `${name} done changed`));
  expect(steps).toEqual(three.flatMap((name) => [`${name}: 1 left`, `${name}: out of service ${name}, 0 pods`]));
  expect(outOfService()).toEqual([]);
  expect(fixture.state()).toEqual(three.map((name) => `${name} new`));
});

it('stops at the first node that cannot be drained, before it is touched', async () => {
  const tight = someBudget({
    name: 'tight',
    selector: { matchLabels: { app: 'web-worker-2' } },
    status: { disruptionsAllowed: 0, desiredHealthy: 3 },
  });
  const { fixture, plan, dependencies, outOfService } = await makeRolling([tight]);
  const result = await applyPlan({ ...dependencies(), plan });
  expect(brief(result)).toEqual([
    'worker-1 done changed',
    'worker-2 refused as-before preflight DRAIN_BLOCKED',
    'worker-3 not-started as-before',
  ]);
  expect(outOfService()).toEqual([]);
  expect(fixture.state()).toEqual(['worker-1 new', 'worker-2 old', 'worker-3 old']);
});

/** A connection that is lost when the change takes force, and does not come back. */
function goneAtCommit({ fixture }: Rolling): Pick<RunDependencies, 'transport'> {
  let gone = false;
  const lost = new NodemendError('SSH_CONNECTION_LOST', { node: 'worker-1' });
  return {
    transport: fixture.transport((connection) => {
      if (connection.node !== 'worker-1') return connection;
      if (gone) throw lost;
      return {
        ...connection,
        exec: async (request) => {
          if (!gone && !request.script.includes(commit)) return connection.exec(request);
          gone = true;
          throw lost;
        },
      };
    }),
  };
}

it('a node that does not answer any more stays out of service, named by its run, until resume has restored it', async () => {
  const rolling = await makeRolling();
  const { fixture, plan, dependencies, outOfService } = rolling;
  const result = await applyPlan({ ...dependencies(goneAtCommit(rolling)), plan });
  expect(brief(result)[0]).toBe('worker-1 unreachable unknown commit SSH_CONNECTION_LOST');
  expect(outOfService()).toEqual(['worker-1']);
  // Another run does not take the node for one that it may use: it counts as down.
  await expect(applyPlan({ ...dependencies(), plan })).rejects.toMatchObject({ code: 'CLUSTER_UNHEALTHY' });
  // A node that failed is only restored by a resume.
  expect(await resumeRun({ ...dependencies(), run: result.run })).toMatchObject({ verdict: 'stopped-and-restored' });
  expect(outOfService()).toEqual([]);
  expect(fixture.state()).toEqual(three.map((name) => `${name} old`));
});

it('and so does undo', async () => {
  const rolling = await makeRolling();
  const { fixture, plan, dependencies, outOfService } = rolling;
  const { run } = await applyPlan({ ...dependencies(goneAtCommit(rolling)), plan });
  expect(outOfService()).toEqual(['worker-1']);
  expect(await undoRun({ ...dependencies(), run })).toMatchObject({ verdict: 'done' });
  expect(outOfService()).toEqual([]);
  expect(fixture.state()).toEqual(three.map((name) => `${name} old`));
});
