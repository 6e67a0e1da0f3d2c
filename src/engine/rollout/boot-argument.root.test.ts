import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { chrootTransport, targetOf } from '../../../test/chroot/chroot-transport.ts';
import { GrubNode } from '../../../test/chroot/grub-node.ts';
import { brief } from '../../../test/chroot/rollout-fixtures.ts';
import { evidenceSchema, type Evidence, type NodeEvidence } from '../../evidence/evidence.ts';
import { frameOf, startProbe } from '../../evidence/probe/testing/run-probe.ts';
import { kernelMemory } from '../../problems/kernel-memory/problem.ts';
import type { Problem } from '../../problems/problem.ts';
import { diagnose } from '../diagnose.ts';
import { journalStore } from '../journal/journal-store.ts';
import { makePlan } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { planText, readPlan } from '../read-plan.ts';
import { defaultRunOptions } from '../run.ts';
import { undoRun } from '../undo.ts';
import { verifyRun } from '../verify.ts';
import { applyPlan } from './apply-plan.ts';
import type { RunDependencies } from './run-request.ts';

/** From what two nodes show to what they boot, and back: the problem, the plan file, the engine, Debian's own GRUB. */
const removed: (() => void)[] = [];
afterEach(() => {
  for (const remove of removed.splice(0)) remove();
});

const problem = kernelMemory as Problem;

function makeNodes(): readonly GrubNode[] {
  return ['worker-1', 'worker-2'].map((name) => {
    const node = new GrubNode('dash', name);
    removed.push(() => node.remove());
    node.reset();
    return node;
  });
}

async function evidenceOf(nodes: readonly GrubNode[]): Promise<Evidence> {
  return {
    schema: evidenceSchema,
    collectedAt: '2026-11-30T00:00:00.000Z',
    collector: { version: '0.1.0' },
    scope: { via: 'ssh', targets: 'hosts', problems: [problem.meta.id] },
    cluster: { state: 'not-looked-at', enable: '--kubeconfig' },
    nodes: await Promise.all(nodes.map(nodeEvidence)),
  };
}

async function nodeEvidence(node: GrubNode): Promise<NodeEvidence> {
  const run = await startProbe(['chroot', node.root], ['sh'], problem.facts).done;
  const sections = problem.facts.map(({ key }) => {
    const { exitCode, output } = frameOf(run, key);
    const text = Buffer.from(output).toString('utf8');
    return [key, { state: 'seen', value: { exitCode, encoding: 'utf8', output: text, truncated: false, errors: '' } }];
  });
  return {
    name: node.name,
    address: '10.0.0.11',
    api: { state: 'not-looked-at', enable: '--kubeconfig' },
    access: {
      state: 'seen',
      value: {
        transport: 'ssh',
        user: 'debian',
        privilege: 'sudo',
        hostname: node.name,
        machineId: node.machineId,
        bootId: node.bootId,
        clockSkewMs: 3,
        tookMs: 61,
      },
    },
    sections: Object.fromEntries(sections) as NodeEvidence['sections'],
  };
}

/** As `plan kernel-memory --prevent --override-gate REASON --out FILE` makes it, read from the file again. */
async function planFor(nodes: readonly GrubNode[]): Promise<Plan> {
  const evidence = await evidenceOf(nodes);
  const { findings } = diagnose(evidence, [problem]);
  const plan = makePlan({
    evidence,
    findings,
    problems: [problem],
    remedies: new Set(['boot-argument']),
    inputs: new Map([
      [problem.meta.id, { 'boot-argument': { prevent: true, override: 'its image is booted with older kernels too' } }],
    ]),
  });
  return readPlan(planText(plan), 'plan.json');
}

function dependenciesOf(nodes: readonly GrubNode[]): RunDependencies {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-state-'));
  removed.push(() => rmSync(folder, { recursive: true, force: true }));
  return {
    transport: chrootTransport(nodes),
    targets: nodes.map(targetOf),
    journal: journalStore(join(folder, 'runs')),
    problems: [problem],
    onEvent: () => undefined,
    signal: new AbortController().signal,
    options: { ...defaultRunOptions, soakSeconds: 0, owner: 'kim@laptop' },
  };
}

const config = (node: GrubNode): string => readFileSync(node.path('/boot/grub/grub.cfg'), 'utf8');

it('is planned with its reason, carried out on a node after the other, told from what is in force, and undone', async () => {
  const nodes = makeNodes();
  const before = nodes.map(config);
  const plan = await planFor(nodes);
  expect(plan.actions.map(({ node, why }) => [node, why.params])).toEqual([
    ['worker-1', { reason: 'its image is booted with older kernels too' }],
    ['worker-2', { reason: 'its image is booted with older kernels too' }],
  ]);
  const dependencies = dependenciesOf(nodes);

  const result = await applyPlan({ ...dependencies, plan });
  expect([result.verdict, ...brief(result)]).toEqual(['done', 'worker-1 done changed', 'worker-2 done changed']);

  nodes[1]?.runs('cgroup.memory=nokmem');
  const { verifications } = await verifyRun({ ...dependencies, run: result.run });
  expect(verifications.map(({ node, state, detail }) => [node, state, detail.split(/[:(]/u)[0]])).toEqual([
    ['worker-1', 'holds', 'written, not yet in force'],
    ['worker-2', 'holds', 'in force'],
  ]);
  // Planned again, there is nothing to do.
  expect((await planFor(nodes)).actions).toEqual([]);

  expect(await undoRun({ ...dependencies, run: result.run })).toMatchObject({ verdict: 'done' });
  expect(nodes.map(config)).toEqual(before);
});

it('stops at a node whose generator fails, and leaves it as it was', async () => {
  const nodes = makeNodes();
  const before = nodes.map(config);
  const plan = await planFor(nodes);
  nodes[0]?.put('/etc/grub.d/40_custom', '#!/bin/sh\necho "menuentry \'mine {"\n', 0o755);

  const result = await applyPlan({ ...dependenciesOf(nodes), plan });
  expect(brief(result)).toEqual(['worker-1 failed as-before generate', 'worker-2 not-started as-before']);
  expect(result.nodes[0]?.detail).toContain('Syntax errors are detected');
  expect(nodes.map(config)).toEqual(before);
  expect(nodes.map((node) => readdirSync(node.path('/etc/default')))).toEqual([['grub'], ['grub']]);
});
