import { describe, expect, it } from 'vitest';
import { fileAction } from '../../test/chroot/file-fixture.ts';
import { testProblem } from '../../test/chroot/test-problem.ts';
import type { FileAction } from '../actions/file/file-action.ts';
import { evidenceSchema, type Evidence, type NodeEvidence } from '../evidence/evidence.ts';
import type { Finding, Problem, ProblemPlan } from '../problems/problem.ts';
import { engineRefusals } from './engine-refusals.ts';
import { makePlan } from './make-plan.ts';
import { planText, readPlan } from './read-plan.ts';

function node(name: string, change: Partial<NodeEvidence> = {}): NodeEvidence {
  return {
    name,
    address: '10.0.0.1',
    api: { state: 'not-looked-at', enable: '--kubeconfig' },
    access: {
      state: 'seen',
      value: {
        transport: 'ssh',
        user: 'root',
        privilege: 'root',
        hostKey: `SHA256:${name}`,
        hostname: name,
        machineId: `m-${name}`,
        bootId: `b-${name}`,
        clockSkewMs: 0,
        tookMs: 1,
      },
    },
    sections: {},
    ...change,
  };
}

function evidence(nodes: readonly NodeEvidence[], change: Partial<Evidence> = {}): Evidence {
  return {
    schema: evidenceSchema,
    collectedAt: '2026-11-24T09:30:00Z',
    collector: { version: '0.1.0' },
    scope: { via: 'ssh', targets: 'hosts', problems: ['container-logs'] },
    cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes,
    ...change,
  };
}

function finding(name: string): Finding {
  return {
    problem: 'container-logs',
    rule: 'rule-missing',
    subject: { kind: 'node', name },
    fingerprint: `f-${name}`,
    text: { key: 'x', params: {} },
    evidence: [],
    status: 'fail',
    severity: 'high',
    remedy: true,
  };
}

function ruleOn(name: string, change: Partial<FileAction> = {}): FileAction {
  const action = fileAction(change);
  return { ...action, id: `file:${name}:${action.path}`, node: name, cures: [`f-${name}`] };
}

function problem(planned: ProblemPlan, id = 'container-logs'): Problem {
  return { ...testProblem, meta: { ...testProblem.meta, id }, plan: () => planned };
}

describe('a plan', () => {
  it('is bound to its nodes, in the order of their names, whatever the order of the input', () => {
    const actions = [ruleOn('worker-2'), ruleOn('worker-1')];
    const request = {
      findings: [finding('worker-1'), finding('worker-2')],
      problems: [problem({ actions, refused: [] })],
    };
    const plan = makePlan({
      ...request,
      evidence: evidence([node('worker-1'), node('worker-2', { group: 'blue' }), node('worker-3')]),
    });

    expect(plan.target).toEqual({ kind: 'hosts' });
    expect(plan.actions.map(({ id }) => id)).toEqual([
      'file:worker-1:/etc/logrotate.d/docker',
      'file:worker-2:/etc/logrotate.d/docker',
    ]);
    expect(plan.nodes).toEqual([
      { name: 'worker-1', machineId: 'm-worker-1', bootId: 'b-worker-1', hostKey: 'SHA256:worker-1' },
      { name: 'worker-2', group: 'blue', machineId: 'm-worker-2', bootId: 'b-worker-2', hostKey: 'SHA256:worker-2' },
    ]);
    const turned = makePlan({
      evidence: evidence([node('worker-3'), node('worker-2', { group: 'blue' }), node('worker-1')]),
      findings: request.findings.toReversed(),
      problems: [problem({ actions: actions.toReversed(), refused: [] })],
    });
    expect(planText(turned)).toBe(planText(plan));
    expect(readPlan(planText(plan), 'plan.json')).toEqual(plan);
  });

  it('writes no file where the problem has no business, whoever named it', () => {
    const stray = ruleOn('worker-1', { path: '/etc/nologin' });
    const plan = makePlan({
      evidence: evidence([node('worker-1'), node('worker-2')]),
      findings: [finding('worker-1'), finding('worker-2')],
      problems: [problem({ actions: [stray, ruleOn('worker-2')], refused: [] })],
    });

    expect(plan.actions.map(({ id }) => id)).toEqual(['file:worker-2:/etc/logrotate.d/docker']);
    expect(plan.refused).toMatchObject([{ key: engineRefusals.strayPath, params: { path: '/etc/nologin' } }]);
  });

  it('refuses a node whose identity was not seen, and keeps the others', () => {
    const unseen = node('worker-2', { access: { state: 'unknown', reason: 'timed-out', detail: '' } });
    const plan = makePlan({
      evidence: evidence([node('worker-1'), unseen]),
      findings: [finding('worker-1'), finding('worker-2')],
      problems: [problem({ actions: [ruleOn('worker-1'), ruleOn('worker-2')], refused: [] })],
    });
    expect(plan.actions.map((action) => action.node)).toEqual(['worker-1']);
    expect(plan.refused).toEqual([
      {
        problem: 'container-logs',
        fingerprint: 'f-worker-2',
        node: 'worker-2',
        key: engineRefusals.unidentified,
        params: { node: 'worker-2', path: '/etc/logrotate.d/docker' },
      },
    ]);
  });

  it('refuses a node of a cluster that only its own shell was seen of', () => {
    const cluster = {
      state: 'seen',
      value: {
        uid: { state: 'seen', value: 'u-1' },
        context: 'prod',
        server: 'https://x',
        version: { state: 'seen', value: 'v1.30.0' },
      },
    } as const;
    const scope = { via: 'ssh', targets: 'cluster', problems: ['container-logs'] } as const;
    const plan = makePlan({
      evidence: evidence([node('worker-1')], { cluster, scope }),
      findings: [finding('worker-1')],
      problems: [problem({ actions: [ruleOn('worker-1')], refused: [] })],
    });
    expect(plan).toMatchObject({
      target: { kind: 'cluster', uid: 'u-1' },
      actions: [],
      nodes: [],
      refused: [{ key: engineRefusals.unidentified }],
    });
    const unbound = { state: 'unknown', reason: 'forbidden', detail: '' } as const;
    expect(() =>
      makePlan({ evidence: evidence([node('worker-1')], { cluster: unbound, scope }), findings: [], problems: [] }),
    ).toThrow(expect.objectContaining({ code: 'PLAN_UNBOUND' }));
  });

  it('lets one problem have a file, and refuses the second', () => {
    const other = problem(
      { actions: [{ ...ruleOn('worker-1'), id: 'file:worker-1:again', problem: 'other' }], refused: [] },
      'other',
    );
    const plan = makePlan({
      evidence: evidence([node('worker-1')]),
      findings: [finding('worker-1')],
      problems: [other, problem({ actions: [ruleOn('worker-1')], refused: [] })],
    });
    expect(plan.actions.map((action) => action.problem)).toEqual(['container-logs']);
    expect(plan.refused).toMatchObject([{ problem: 'other', key: engineRefusals.conflict }]);
  });

  it("carries the problems' own refusals with the node they are about", () => {
    const refused = [{ fingerprint: 'f-worker-1', key: 'plan.unsafe', params: { why: 'su' } }];
    const plan = makePlan({
      evidence: evidence([node('worker-1')]),
      findings: [finding('worker-1')],
      problems: [problem({ actions: [], refused })],
    });
    expect(plan.refused).toEqual([{ problem: 'container-logs', node: 'worker-1', ...refused[0] }]);
  });
});
