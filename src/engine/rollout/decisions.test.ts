import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileAction } from '../../../test/chroot/file-fixture.ts';
import { testProblem } from '../../../test/chroot/test-problem.ts';
import { movedHostKey, movedInCluster, movedTargets, movedText } from '../check-plan.ts';
import type { LogSpaceAction } from '../../actions/log-space/log-space-action.ts';
import { problems } from '../../problems/testing/all-problems.ts';
import { findCheck } from '../find-check.ts';
import { planHash } from '../plan-hash.ts';
import { planSchema, type Plan } from '../plan.ts';
import { isRunId, newRunId } from '../run-id.ts';
import { defaultRunOptions, type NodeOutcome, type RunOptions } from '../run.ts';
import { concurrently } from './concurrently.ts';
import { guardPlan, isDisruptive } from './guards.ts';
import { ownHost } from './own-host.ts';
import { batchCap, fallen } from './health.ts';
import { failureStop } from './stop-rule.ts';
import { summarize } from './verdict.ts';

const options: RunOptions = { ...defaultRunOptions, owner: 'kim' };

function planOf(change: Partial<Plan> = {}): Plan {
  const plan = {
    schema: planSchema,
    madeAt: 'now',
    target: { kind: 'cluster', uid: 'u-1', context: 'c', server: 's' },
    nodes: [{ name: 'worker-1', uid: 'n-1', machineId: 'm-1', bootId: 'b-1', hostKey: 'SHA256:a' }],
    problems: ['container-logs'],
    actions: [fileAction()],
    refused: [],
    ...change,
  } as const;
  return { ...plan, hash: planHash(plan) };
}

const apiNode = {
  name: 'worker-1',
  uid: 'n-1',
  ready: true,
  unschedulable: false,
  controlPlane: false,
  heartbeat: '2026-11-24T09:00:00Z',
  bootId: 'b-1',
};

describe('whether the world is still that of the plan', () => {
  it('knows another cluster, a replaced node, a node that is gone, another host key', () => {
    expect(movedInCluster(planOf(), { uid: 'u-1', nodes: [apiNode] })).toEqual([]);
    expect(movedInCluster(planOf(), { uid: 'u-2', nodes: [] })).toEqual([
      { what: 'cluster', planned: 'u-1', found: 'u-2' },
    ]);
    expect(movedInCluster(planOf(), { uid: 'u-1', nodes: [{ ...apiNode, uid: 'n-2' }] })).toEqual([
      { node: 'worker-1', what: 'node-uid', planned: 'n-1', found: 'n-2' },
    ]);
    expect(movedInCluster(planOf(), { uid: 'u-1', nodes: [] })).toMatchObject([{ what: 'node-gone' }]);
    expect(movedInCluster(planOf({ target: { kind: 'hosts' } }), { uid: '', nodes: [] })).toEqual([]);
    expect(movedTargets(planOf(), new Set(['worker-2']))).toMatchObject([{ node: 'worker-1', what: 'target' }]);
    const [node] = planOf().nodes;
    expect(movedHostKey(node!, 'SHA256:a')).toEqual([]);
    expect(movedHostKey(node!, 'SHA256:b')).toEqual([
      { node: 'worker-1', what: 'host-key', planned: 'SHA256:a', found: 'SHA256:b' },
    ]);
    expect(movedHostKey(node!, undefined)).toEqual([]);
  });

  it('says what moved in one line, however much it is', () => {
    const many = Array.from({ length: 7 }, (_, index) => ({
      node: `worker-${index}`,
      what: 'node-gone' as const,
      planned: 'a',
      found: '-',
    }));
    expect(movedText(many.slice(0, 1))).toBe('worker-0: node-gone a → -');
    expect(movedText(many)).toMatch(/, … \(7\)$/u);
  });
});

describe('what may not happen by accident', () => {
  const elsewhere = { machineId: 'm-0', bootId: 'b-0', node: undefined, inPod: false };
  const dependencies = { nodes: [apiNode], targets: [], own: elsewhere };
  const onMachine = { ...dependencies, own: { ...elsewhere, machineId: 'm-1' } };
  const reboot = planOf({ actions: [fileAction({ disrupts: 'reboot' })] });

  it('a disruption that was not named', () => {
    expect(() => guardPlan(planOf(), options, dependencies)).not.toThrow();
    expect(() => guardPlan(reboot, options, dependencies)).toThrow(
      expect.objectContaining({ code: 'DISRUPTION_NOT_ALLOWED', params: { what: 'reboot' } }),
    );
    expect(() => guardPlan(reboot, { ...options, allow: ['restart'] }, dependencies)).toThrow(
      expect.objectContaining({ code: 'DISRUPTION_NOT_ALLOWED' }),
    );
    expect(() => guardPlan(reboot, { ...options, allow: ['reboot'] }, dependencies)).not.toThrow();
  });

  it('logs that are lost for good; but that stops nothing on the node, so it takes no node out of service', () => {
    const { problem, node, cures, why } = fileAction();
    const freed: LogSpaceAction = {
      kind: 'log-space',
      id: 'log-space:worker-1:/var/log/pods/a/b/0.log',
      problem,
      node,
      cures,
      why,
      disrupts: 'discard',
      path: '/var/log/pods/a/b/0.log',
      log: 'live',
      keep: 'never',
      reserve: 0,
      was: { device: '1', inode: '2', size: 3, allocated: 4096, modified: 0 },
    };
    const lossy = planOf({ actions: [freed] });
    expect(() => guardPlan(lossy, { ...options, allow: ['restart', 'reboot'] }, dependencies)).toThrow(
      expect.objectContaining({ code: 'DISRUPTION_NOT_ALLOWED', params: { what: 'discard' } }),
    );
    expect(() => guardPlan(lossy, { ...options, allow: ['discard'] }, onMachine)).not.toThrow();
    expect([isDisruptive(lossy), isDisruptive(reboot)]).toEqual([false, true]);
  });

  it('a change of the control plane that was not named', () => {
    const master = { ...dependencies, nodes: [{ ...apiNode, controlPlane: true }] };
    expect(() => guardPlan(planOf(), options, master)).toThrow(
      expect.objectContaining({ code: 'CONTROL_PLANE_NOT_NAMED', params: { nodes: 'worker-1' } }),
    );
    expect(() => guardPlan(planOf(), { ...options, named: ['worker-1'] }, master)).not.toThrow();
  });

  it('a reboot of the machine we run on, or go through', () => {
    const allowed = { ...options, allow: ['reboot'] as const };
    expect(() => guardPlan(reboot, allowed, onMachine)).toThrow(
      expect.objectContaining({ code: 'OWN_HOST_DISRUPTED' }),
    );
    const target = { name: 'worker-1', address: '10.0.0.5', port: 22, user: 'root', identityFiles: [] };
    const behind = {
      ...target,
      name: 'worker-2',
      address: '10.0.0.6',
      bastion: { address: '10.0.0.5', port: 22, user: 'root', identityFiles: [] },
    };
    expect(() => guardPlan(reboot, allowed, { ...dependencies, targets: [target, behind] })).toThrow(
      expect.objectContaining({ code: 'OWN_HOST_DISRUPTED' }),
    );
    expect(() => guardPlan(planOf(), options, { ...onMachine, targets: [target, behind] })).not.toThrow();
  });
});

describe('in a pod, whose image has no machine id', () => {
  const allowed = { ...options, allow: ['reboot'] as const };
  const reboot = planOf({ actions: [fileAction({ disrupts: 'reboot' })] });
  const pod = { machineId: '', bootId: 'b-0', node: 'worker-2', inPod: true };
  const inPod = (own: Partial<typeof pod> | { readonly node: undefined }): (() => void) => {
    const dependencies = { nodes: [apiNode], targets: [], own: { ...pod, ...own } };
    return () => guardPlan(reboot, allowed, dependencies);
  };

  it('its node is told by the downward API', () => {
    expect(inPod({ node: 'worker-1' })).toThrow(expect.objectContaining({ code: 'OWN_HOST_DISRUPTED' }));
    expect(inPod({})).not.toThrow();
  });

  it('the kernel is the node’s own, whatever the manifest says', () => {
    expect(inPod({ bootId: 'b-1' })).toThrow(expect.objectContaining({ code: 'OWN_HOST_DISRUPTED' }));
  });

  it('one that does not know where it is disturbs nothing', () => {
    expect(inPod({ node: undefined })).toThrow(expect.objectContaining({ code: 'OWN_HOST_UNKNOWN', exitCode: 8 }));
    const dependencies = { nodes: [apiNode], targets: [], own: { ...pod, node: undefined } };
    expect(() => guardPlan(planOf(), options, dependencies)).not.toThrow();
  });

  it('reads both from its surroundings', () => {
    expect(ownHost({ KUBERNETES_SERVICE_HOST: '10.0.0.1', NODEMEND_NODE_NAME: 'worker-1' })).toMatchObject({
      node: 'worker-1',
      inPod: true,
    });
    expect(ownHost({ NODEMEND_NODE_NAME: '' })).toMatchObject({ node: undefined, inPod: false });
  });
});

describe('how many nodes at once', () => {
  const nodes = Array.from({ length: 10 }, (_, index) => ({
    ...apiNode,
    name: `worker-${index}`,
    ready: index !== 0,
    unschedulable: index === 1,
  }));

  it('is one for what disrupts, and what is already out of order counts', () => {
    expect(batchCap({ nodes: [], targets: 10, maxUnavailable: undefined, disruptive: true })).toBe(1);
    expect(() => batchCap({ nodes, targets: 10, maxUnavailable: undefined, disruptive: true })).toThrow(
      expect.objectContaining({ code: 'CLUSTER_UNHEALTHY', params: { count: 2, nodes: 'worker-0, worker-1', max: 1 } }),
    );
    expect(batchCap({ nodes, targets: 10, maxUnavailable: { percent: 50 }, disruptive: true })).toBe(3);
  });

  it('is all for what does not disrupt, unless it is limited', () => {
    expect(batchCap({ nodes, targets: 10, maxUnavailable: undefined, disruptive: false })).toBe(10);
    expect(batchCap({ nodes, targets: 10, maxUnavailable: { nodes: 4 }, disruptive: false })).toBe(2);
  });

  it('a node that we changed and that is not ready any more is noticed', () => {
    const now = nodes
      .map((node) => ({ ...node, ready: !['worker-0', 'worker-3', 'worker-4'].includes(node.name) }))
      .slice(0, 9);
    expect(
      fallen(nodes, now, {
        changed: new Set(['worker-0', 'worker-3', 'worker-5', 'worker-9']),
        disturbed: new Set(),
        reporting: new Set(),
      }),
    ).toEqual(['worker-3', 'worker-9']);
  });
});

const outcome: fc.Arbitrary<NodeOutcome> = fc.record({
  node: fc.string({ minLength: 1, maxLength: 4 }),
  ending: fc.constantFrom('done', 'failed', 'refused', 'unreachable', 'timed-out', 'interrupted', 'not-started'),
  left: fc.constantFrom('changed', 'as-before', 'unknown'),
});

describe('the verdict on a run', () => {
  it('is done only when every node is, and never hides a change that stayed', () => {
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1 }), fc.boolean(), (nodes, began) => {
        const { verdict, exitCode } = summarize({
          run: 'r',
          kind: 'apply',
          nodes,
          stopped: undefined,
          began,
          locked: [],
        });
        const allDone = nodes.every(({ ending }) => ending === 'done');
        expect(verdict === 'done').toBe(allDone);
        if (!allDone) expect(verdict === 'partly').toBe(nodes.some(({ left }) => left !== 'as-before'));
        expect(exitCode).toBe({ done: 0, partly: 6, 'stopped-and-restored': 7, refused: 8 }[verdict]);
      }),
    );
  });

  it('of an undo says whether nothing, something or all was undone', () => {
    const ofEndings = (endings: readonly NodeOutcome['ending'][], began: boolean): string =>
      summarize({
        run: 'r',
        kind: 'undo',
        nodes: endings.map((ending, index) => ({ node: `w${index}`, ending, left: 'as-before' })),
        stopped: undefined,
        began,
        locked: [],
      }).verdict;
    expect(ofEndings(['done', 'done'], false)).toBe('done');
    expect(ofEndings(['done', 'refused'], false)).toBe('partly');
    expect(ofEndings(['refused', 'unreachable'], false)).toBe('refused');
    // One of three files of a node came back.
    expect(ofEndings(['refused', 'unreachable'], true)).toBe('partly');
    const lost = { node: 'w0', ending: 'refused', left: 'changed', code: 'LOG_NOT_KEPT' } as const;
    expect(
      summarize({ run: 'r', kind: 'undo', nodes: [lost], stopped: undefined, began: false, locked: [] }),
    ).toMatchObject({ verdict: 'partly', exitCode: 6 });
  });
});

it('failed, refused, unreachable and timed-out nodes count together', () => {
  const endings = ['done', 'failed', 'refused', 'unreachable', 'timed-out', 'not-started', 'interrupted'] as const;
  const outcomes = endings.map((ending) => ({ node: ending, ending, left: 'as-before' as const }));
  expect(failureStop(outcomes, 3)).toEqual({ why: 'failures', failures: 4, max: 3 });
  expect(failureStop(outcomes, 4)).toBeUndefined();
});

describe('the id of a run', () => {
  it('tells the minute in UTC and what it was for', () => {
    expect(newRunId(['container-logs'], new Date('2026-11-24T09:31:59Z'))).toMatch(
      /^20261124-0931-container-logs-[0-9a-f]{6}$/u,
    );
  });

  it('is always one, and sorts by time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.date({ min: new Date('2020-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
        (problems, date) => {
          const id = newRunId(problems, date);
          expect(isRunId(id)).toBe(true);
          expect(id < newRunId(problems, new Date(date.getTime() + 60_000))).toBe(true);
        },
      ),
    );
  });
});

it('a check is found by its problem and name, and not by the names that every object has', () => {
  expect(findCheck([testProblem], { check: 'container-logs/staged', args: [] })).toBe(testProblem.checks['staged']);
  for (const check of [
    'container-logs/none',
    'other/staged',
    'container-logs/constructor',
    'container-logs/toString',
  ]) {
    expect(() => findCheck([testProblem], { check, args: [] })).toThrow(
      expect.objectContaining({ code: 'CHECK_UNKNOWN' }),
    );
  }
});

describe('what a plan gives to a check', () => {
  const evil = '{\n    daily\n    firstaction\n        touch /tmp/owned\n    endscript\n}';

  it.each<readonly [string, readonly string[]]>([
    ['container-logs/rule-covers-logs', ['/var/lib/docker/containers', evil]],
    [
      'container-logs/rule-covers-logs',
      ['/var/lib/docker/containers', '{\n    daily\n}\n/etc/shadow {\n    rotate 0\n}'],
    ],
    ['container-logs/rule-covers-logs', ['/var/lib/docker/../../../etc', '{\n    daily\n}']],
    ['container-logs/rule-covers-logs', ['/var/lib/docker/containers']],
    ['container-logs/rule-covers-logs', ['/var/lib/docker/containers', '{\n    daily\n}', '0,1;id']],
    ['container-logs/rule-gone', ['/var/log/pods', 'relative']],
    ['container-logs/logrotate-accepts', ['one']],
    ['container-logs/kubelet-has-limits', ['file', '/var/lib/kubelet/config.yaml', '10Mi; id', '5']],
    ['container-logs/daemon-has-read', ['/etc/docker/../shadow']],
    ['container-logs/daemon-accepts', ['--host=tcp://0.0.0.0']],
  ])('%s is not run with %j', (check, args) => {
    expect(() => findCheck(problems, { check, args })).toThrow(
      expect.objectContaining({ code: 'CHECK_ARGUMENTS_REFUSED' }),
    );
  });
});

describe('work at the same time', () => {
  it('keeps the order of the answers and the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(5), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        async (delays, limit) => {
          let active = 0;
          let most = 0;
          const answers = await concurrently([...delays.entries()], limit, async ([index, ticks]) => {
            active += 1;
            most = Math.max(most, active);
            for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
            active -= 1;
            return index;
          });
          expect(answers).toEqual([...delays.keys()]);
          expect(most).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  it('begins nothing more after an error, and waits for what was begun', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = concurrently([0, 1, 2, 3], 2, async (item) => {
      begun.push(item);
      if (item === 0) throw new Error('first');
      await new Promise((resolve) => setTimeout(resolve, 20));
      ended.push(item);
    });
    await expect(work).rejects.toThrow('first');
    expect([begun, ended]).toEqual([[0, 1], [1]]);
  });
});
