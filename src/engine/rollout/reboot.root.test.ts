import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lab/api/objects.ts';
import { kinds } from '../../../lab/api/resources.ts';
import { serveFake } from '../../../lab/api/testing/serve-fake.ts';
import { namespace } from '../../../lab/api/testing/some-objects.ts';
import type { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import {
  bootIdOf,
  bootsOf,
  commandLineOf,
  fast,
  nokmem,
  putBoots,
  rebootAction,
  rebootByHand,
  type BootFixture,
} from '../../../test/chroot/reboot-fixture.ts';
import { planFor, ruleFor, type RolloutFixture } from '../../../test/chroot/rollout-fixture.ts';
import { brief, fixtureMaker } from '../../../test/chroot/rollout-fixtures.ts';
import type { Timing } from '../../kubernetes/timing.ts';
import type { JournalStore } from '../journal/journal-store.ts';
import { planHash } from '../plan-hash.ts';
import type { Plan } from '../plan.ts';
import { resumeRun } from '../resume.ts';
import type { RunOptions } from '../run.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';
import { someNode, somePod } from './preflight/testing/some-cluster.ts';
import type { RunDependencies } from './run-request.ts';

/**
 * Runs that edit a file and reboot the node behind it: real scripts in real roots, a stand-in for what reboots them, and
 * the practice cluster's API server, to which a stand-in for kubelet tells each node's boot a moment later.
 */
const makeFixture = fixtureMaker();
const three = ['worker-1', 'worker-2', 'worker-3'];

type Change = Partial<Omit<RunDependencies, 'options'>>;

interface Rebooting {
  readonly fixture: RolloutFixture;
  readonly plan: Plan;
  readonly dependencies: (change?: Change, options?: Partial<RunOptions>) => RunDependencies;
  readonly outOfService: () => readonly string[];
  /** `worker-1 out of service worker-1, pods 0` at each reboot. */
  readonly reboots: string[];
  /** `worker-1 1 in force`: how often it was rebooted, and what its kernel was given. */
  readonly boots: () => readonly string[];
  readonly node: (name: string) => ChrootNode;
}

async function rebooting(
  named: readonly string[] = three,
  boots: Record<string, BootFixture> = {},
): Promise<Rebooting> {
  const fixture = makeFixture(three);
  for (const node of fixture.nodes) putBoots(node, boots[node.name]);
  const status = (node: ChrootNode): { readonly nodeInfo: object } => ({
    nodeInfo: { bootID: bootIdOf(node), kubeletVersion: 'v1.33.4' },
  });
  const served = await serveFake([
    ...['kube-system', 'nodemend'].map(namespace),
    ...fixture.nodes.map((node) => someNode({ name: node.name, status: { ...status(node) } as never })),
    ...three.map((node) => somePod({ name: `web-${node}`, node })),
  ] as unknown as readonly KubeObject[]);
  const api = served.client('admin');
  const uid = await api.get(
    '/api/v1/namespaces/kube-system',
    (raw) => (raw['metadata'] as { readonly uid: string }).uid,
  );
  const hosts = planFor(
    fixture.nodes.filter(({ name }) => named.includes(name)),
    { actions: (node) => [ruleFor(node), rebootAction(node)] },
  );
  const unsealed: Plan = {
    ...hosts,
    target: { kind: 'cluster', uid, context: 'lab', server: 'https://lab' },
    nodes: hosts.nodes.map((node) => ({ ...node, uid: `uid-${node.name}` })),
  };
  const tellBoots = (): void => {
    for (const node of fixture.nodes) {
      const { object } = served.store.get(kinds.Node, '', node.name) as { readonly object: KubeObject };
      served.store.replace(kinds.Node, { ...object, status: { ...(object['status'] as object), ...status(node) } });
    }
  };
  const timing: Timing = { ...fast, sleep: (ms, signal) => fast.sleep(ms, signal).then(tellBoots) };
  const outOfService = (): readonly string[] =>
    served.store
      .list(kinds.Node, '')
      .filter((node) => (node['spec'] as { readonly unschedulable?: boolean }).unschedulable)
      .map(({ metadata }) => metadata.name);
  const podsOn = (name: string): number =>
    served.store.list(kinds.Pod, '').filter(({ spec }) => (spec as { readonly nodeName?: string }).nodeName === name)
      .length;
  const reboots: string[] = [];
  return {
    fixture,
    outOfService,
    reboots,
    plan: { ...unsealed, hash: planHash(unsealed) },
    dependencies: (change = {}, options = {}) =>
      fixture.dependencies({
        api,
        timing,
        onEvent: (event) => {
          if (event.event === 'step' && event.node !== undefined && event.step === 'reboot')
            reboots.push(`${event.node} out of service ${outOfService().join(',')}, pods ${podsOn(event.node)}`);
        },
        ...change,
        options: { allow: ['reboot'], ...options },
      }),
    boots: () =>
      fixture.nodes.map(
        (node) => `${node.name} ${bootsOf(node)} ${commandLineOf(node).includes(nokmem) ? 'in force' : 'without'}`,
      ),
    node: (name) => fixture.node(name),
  };
}

describe('a rolling reboot', () => {
  it('takes a node at a time, empty, and goes on when it is back with the argument; undo does so once more', async () => {
    const one = await rebooting();
    const { plan, dependencies } = one;
    const result = await applyPlan({ ...dependencies(), plan });
    expect(brief(result)).toEqual(three.map((name) => `${name} done changed`));
    expect(one.reboots).toEqual(three.map((name) => `${name} out of service ${name}, pods 0`));
    expect(one.boots()).toEqual(three.map((name) => `${name} 1 in force`));
    expect(one.fixture.state()).toEqual(three.map((name) => `${name} new`));

    const { run } = result;
    const refused = await undoRun({ ...dependencies({}, { allow: [] }), run });
    expect(brief(refused)).toEqual(three.map((name) => `${name} refused changed undo DISRUPTION_NOT_ALLOWED`));
    expect(one.boots()).toEqual(three.map((name) => `${name} 1 in force`));
    expect(brief(await undoRun({ ...dependencies(), run }))).toEqual(three.map((name) => `${name} done as-before`));
    expect(one.boots()).toEqual(three.map((name) => `${name} 2 without`));
    expect(one.fixture.state()).toEqual(three.map((name) => `${name} old`));
    expect(one.outOfService()).toEqual([]);
  });

  it('stops at a node that does not come back, which stays out of service; resume finishes when somebody rebooted it', async () => {
    const one = await rebooting(three, { 'worker-1': { behaviour: 'deaf' } });
    const { plan, dependencies } = one;
    const result = await applyPlan({ ...dependencies({}, { maxFailures: 2 }), plan });
    expect(brief(result)).toEqual([
      'worker-1 timed-out unknown return REBOOT_TIMED_OUT',
      'worker-2 not-started as-before',
      'worker-3 not-started as-before',
    ]);
    expect(result.locked).toEqual(['worker-1']);
    expect(one.outOfService()).toEqual(['worker-1']);
    // Nothing was taken back from a node that may go down at any moment.
    expect(one.fixture.state()[0]).toBe('worker-1 new locked');

    await rebootByHand(one.node('worker-1'));
    const { run } = result;
    expect(brief(await resumeRun({ ...dependencies(), run }))).toEqual(three.map((name) => `${name} done changed`));
    expect(one.boots()).toEqual(three.map((name) => `${name} 1 in force`));
    expect(one.outOfService()).toEqual([]);
  });

  it('puts back a node that came up without the argument, or refused to go, and stops', async () => {
    for (const [boot, failure, count] of [
      [{ withArgument: [] }, 'verify KERNEL_ARGUMENT_NOT_IN_FORCE', 1],
      [{ behaviour: 'refused' }, 'return REBOOT_REFUSED', 0],
    ] as const) {
      const one = await rebooting(three, { 'worker-1': boot });
      const result = await applyPlan({ ...one.dependencies(), plan: one.plan });
      expect(brief(result).slice(0, 2)).toEqual([
        `worker-1 failed as-before ${failure}`,
        'worker-2 not-started as-before',
      ]);
      expect(one.boots()[0]).toBe(`worker-1 ${count} without`);
      expect(one.fixture.state()[0]).toBe('worker-1 old');
      expect(one.outOfService()).toEqual([]);
    }
  });

  it('puts back a node that Ctrl-C left changed and not rebooted', async () => {
    const one = await rebooting(['worker-1']);
    const abort = new AbortController();
    const watching = one.dependencies({
      signal: abort.signal,
      onEvent: (event) => {
        if (event.event === 'step-ended' && event.step === 'record') abort.abort();
      },
    });
    const result = await applyPlan({ ...watching, plan: one.plan });
    expect(brief(result)).toEqual(['worker-1 interrupted changed reboot']);
    expect(one.outOfService()).toEqual([]);
    expect(one.boots()[0]).toBe('worker-1 0 without');
    expect(brief(await undoRun({ ...one.dependencies({}, { allow: [] }), run: result.run }))).toEqual([
      'worker-1 done as-before',
    ]);
  });
});

/** A process that dies right before a line of its journal: from there on nothing of it reaches anything but the lease. */
function dying(one: Rebooting, line: number): Change & { readonly lines: () => number } {
  let lines = 0;
  const dead = (): boolean => lines >= line && line > 0;
  const store = one.fixture.journal(one.fixture.newFolder());
  const journal: JournalStore = {
    ...store,
    open: async (run, session) => {
      const real = await store.open(run, session);
      return {
        ...real,
        write: async (note) => {
          lines += 1;
          if (dead()) throw new Error('dead');
          await real.write(note);
        },
      };
    },
  };
  const transport = one.fixture.transport((connection) => ({
    ...connection,
    exec: async (request) => {
      if (dead()) throw new Error('dead');
      return connection.exec(request);
    },
  }));
  return { journal, transport, lines: () => lines };
}

async function diesAt(line: number, then: (one: Rebooting, run: string) => Promise<void>): Promise<number> {
  const one = await rebooting(['worker-1']);
  let run = '';
  const { lines, ...change } = dying(one, line);
  const onEvent: RunDependencies['onEvent'] = (event) => {
    if (event.event === 'started') run = event.run;
  };
  await applyPlan({ ...one.dependencies({ ...change, onEvent }), plan: one.plan }).catch(() => undefined);
  if (run !== '') await then(one, run);
  return lines();
}

describe('killed before any line of its journal', () => {
  const goesOn = async (one: Rebooting, run: string): Promise<void> => {
    const elsewhere = { journal: one.fixture.journal(one.fixture.newFolder()) };
    const plan = { plan: one.plan, file: 'plan.json' };
    const result = await resumeRun({ ...one.dependencies(elsewhere), run, plan });
    expect([result.verdict, one.boots()[0], one.outOfService()]).toEqual(['done', 'worker-1 1 in force', []]);
  };
  const isUndone = async (one: Rebooting, run: string): Promise<void> => {
    const cut = bootsOf(one.node('worker-1'));
    const elsewhere = { journal: one.fixture.journal(one.fixture.newFolder()) };
    const plan = { plan: one.plan, file: 'plan.json' };
    let result = await undoRun({ ...one.dependencies(elsewhere), run, plan });
    if (result.nodes[0]?.code === 'REBOOT_PENDING') {
      await rebootByHand(one.node('worker-1'));
      result = await undoRun({ ...one.dependencies(elsewhere), run, plan });
    }
    expect(result.verdict).toBe('done');
    expect(one.outOfService()).toEqual([]);
    // What was told to reboot has done so by now, and once more for the undo.
    expect(['worker-1 0 without', 'worker-1 2 without']).toContain(one.boots()[0]);
    expect(bootsOf(one.node('worker-1'))).toBeGreaterThanOrEqual(cut);
  };

  it.each([
    ['another machine finishes it with the one reboot', goesOn],
    ['another machine undoes it', isUndone],
  ])('%s', { timeout: 300_000 }, async (_what, then) => {
    const lines = await diesAt(0, async () => undefined);
    expect(lines).toBeGreaterThan(15);
    for (let line = 2; line <= lines; line += 3) await diesAt(line, then);
  });
});
