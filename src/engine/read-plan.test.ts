import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/runs.ts';
import { fileAction, fileState } from '../../test/chroot/file-fixture.ts';
import type { ObjectPatchAction } from '../actions/object-patch/object-patch-action.ts';
import { planHash, withoutPriorContents, type UnsealedPlan } from './plan-hash.ts';
import { planSchema, type Plan } from './plan.ts';
import { planText, readPlan } from './read-plan.ts';

function seal(plan: UnsealedPlan): Plan {
  return { ...plan, hash: planHash(plan) };
}

const plan = seal({
  schema: planSchema,
  madeAt: '2026-11-24T09:30:00Z',
  target: { kind: 'cluster', uid: 'u-1', context: 'prod', server: 'https://10.0.0.1:6443' },
  nodes: [{ name: 'worker-1', group: 'blue', uid: 'n-1', machineId: 'm-1', bootId: 'b-1', hostKey: 'SHA256:x' }],
  problems: ['container-logs'],
  actions: [fileAction()],
  refused: [
    { problem: 'container-logs', fingerprint: '0123456789ab', node: 'worker-2', key: 'plan.no', params: { count: 2 } },
  ],
});

const edited = (change: (raw: Record<string, never> & { actions: { to: { content: string } }[] }) => void): string => {
  const raw = JSON.parse(planText(plan)) as never;
  change(raw);
  return JSON.stringify(raw);
};

const patch: ObjectPatchAction = {
  kind: 'object-patch',
  id: 'object-patch:team/CronJob/a',
  problem: 'image-pull',
  cures: [],
  why: { key: 'why', params: {} },
  object: { kind: 'CronJob', group: 'batch', version: 'v1', resource: 'cronjobs', namespace: 'team', name: 'a' },
  uid: 'u',
  changes: [
    {
      path: '/spec/jobTemplate/spec/template/spec/containers/0/image',
      from: 'k8s.gcr.io/pause:3.2',
      to: 'registry.k8s.io/pause:3.2',
    },
  ],
};

describe('a plan for objects of the API', () => {
  const objects = seal({ ...plan, nodes: [], actions: [], clusterActions: [patch] });

  it('needs no node, and its hash covers what it changes', () => {
    expect(readPlan(planText(objects), 'plan.json')).toEqual(objects);
    const edited = planText(objects).replace('k8s.gcr.io/pause:3.2', 'gcr.io/google_containers/pause:3.2');
    expect(() => readPlan(edited, 'plan.json')).toThrow(expect.objectContaining({ code: 'PLAN_TAMPERED' }));
  });

  it.each<readonly [string, UnsealedPlan]>([
    ['for hosts', { ...objects, target: { kind: 'hosts' } }],
    ['with the same action twice', { ...objects, clusterActions: [patch, patch] }],
    ['with an empty list', { ...objects, clusterActions: [] }],
  ])('%s is none', (_what, unsealed) => {
    expect(() => readPlan(planText(seal(unsealed)), 'plan.json')).toThrow(
      expect.objectContaining({ code: 'PLAN_INVALID' }),
    );
  });
});

describe('a plan file', () => {
  it('is read back as it was written', () => {
    expect(readPlan(planText(plan), 'plan.json')).toEqual(plan);
  });

  it('has the same hash whenever it was made, and without the prior contents', () => {
    expect(planHash({ ...plan, madeAt: 'later' })).toBe(plan.hash);
    const bare = withoutPriorContents(plan);
    expect(JSON.stringify(bare)).not.toContain('*.log {');
    expect(readPlan(planText(bare), 'plan.json').hash).toBe(plan.hash);
  });

  it.each([
    [
      'wanted content',
      (raw: never) => void ((raw as { actions: { to: { content: string } }[] }).actions[0]!.to.content = 'evil'),
    ],
    ['a path', (raw: never) => void ((raw as { actions: { path: string }[] }).actions[0]!.path = '/etc/shadow')],
    ['a node', (raw: never) => void ((raw as { nodes: { bootId: string }[] }).nodes[0]!.bootId = 'b-2')],
    [
      'a check',
      (raw: never) =>
        void ((raw as { actions: { validate: unknown[] }[] }).actions[0]!.validate = [{ check: 'a/b', args: [] }]),
    ],
    [
      'a prior content',
      (raw: never) =>
        void ((raw as { actions: { from: { content: string } }[] }).actions[0]!.from.content = 'shown instead'),
    ],
  ])('in which %s was edited is refused', (_what, change) => {
    expect(() => readPlan(edited(change as never), 'plan.json')).toThrow(
      expect.objectContaining({ code: 'PLAN_TAMPERED' }),
    );
  });

  it('edited anywhere at all is never read as another plan', () => {
    const text = planText(plan);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, letter) => {
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        let read: Plan | undefined;
        try {
          read = readPlan(changed, 'plan.json');
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^PLAN_/u) });
        }
        // JSON has a -0, and it is 0.
        if (read) expect(JSON.parse(planText({ ...read, madeAt: plan.madeAt }))).toEqual(plan);
      }),
      { numRuns: runs(500) },
    );
  });

  it.each(['', 'null', '[]', '{}', '{"schema":1}', '{"schema":"nodemend.dev/evidence/v1"}'])('%j is none', (text) => {
    expect(() => readPlan(text, 'plan.json')).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
  });

  it('of another version says which', () => {
    const text = JSON.stringify({ ...plan, schema: 'nodemend.dev/plan/v9' });
    expect(() => readPlan(text, 'plan.json')).toThrow(
      expect.objectContaining({
        code: 'PLAN_VERSION_UNKNOWN',
        params: { file: 'plan.json', schema: 'nodemend.dev/plan/v9', known: planSchema },
      }),
    );
  });

  it('with an action for a node that it does not bind, or with two of one name, is refused', () => {
    const stray = seal({ ...plan, actions: [fileAction({ node: 'worker-9' })] });
    const twice = seal({ ...plan, actions: [fileAction(), fileAction()] });
    for (const bad of [stray, twice])
      expect(() => readPlan(planText(bad), 'plan.json')).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
  });

  it('whose hash fits but whose contents do not is refused', () => {
    const lying = seal({ ...plan, actions: [fileAction({ from: { ...fileState('a'), content: 'b' } })] });
    expect(() => readPlan(planText(lying), 'plan.json')).toThrow(expect.objectContaining({ code: 'PLAN_TAMPERED' }));
  });
});
