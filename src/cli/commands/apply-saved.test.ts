import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { fileAction, fileState } from '../../../test/chroot/file-fixture.ts';
import { freePort } from '../../../test/free-port.ts';
import { ownPlanKey } from '../../engine/journal/plan-key.ts';
import { planHash, type UnsealedPlan } from '../../engine/plan-hash.ts';
import { signPlan } from '../../engine/plan-signature.ts';
import { planSchema, type Plan } from '../../engine/plan.ts';
import { planText } from '../../engine/read-plan.ts';
import { heldOutput } from '../../app/documents/testing/held-to-schema.ts';
import { runInProcess, type CommandEnd } from '../testing/run-in-process.ts';

/** Nobody listens there: what is approved ends at the first node, and changes nothing. */
let port: number;
let folder: string;
beforeEach(async () => {
  port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'nodemend-saved-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'hosts'),
    `worker-1 127.0.0.1 port=${port} user=nobody\nworker-2 127.0.0.2 port=${port} user=nobody\n`,
  );
});

function planWith(change: Partial<UnsealedPlan> = {}): Plan {
  const unsealed: UnsealedPlan = {
    schema: planSchema,
    madeAt: '2026-11-24T09:30:00Z',
    target: { kind: 'hosts' },
    nodes: [{ name: 'worker-1', machineId: 'm-1', bootId: 'b-1' }],
    problems: ['container-logs'],
    actions: [{ ...fileAction(), validate: [], verify: [] }],
    refused: [],
    ...change,
  };
  return { ...unsealed, hash: planHash(unsealed) };
}

async function apply(plan: Plan, ...words: readonly string[]): Promise<CommandEnd> {
  writeFileSync(join(folder, 'plan.json'), planText(plan));
  return runInProcess(['apply', './plan.json', '--hosts', 'hosts', ...words], {
    environment: { HOME: folder, XDG_STATE_HOME: join(folder, 'state') },
    workingFolder: folder,
  });
}

/** It was approved, and got as far as the node. */
const went = { error: undefined, data: expect.stringContaining('[SSH_') as unknown };

test('a plan that this machine made is approved by --yes', async () => {
  const signed = signPlan(planWith(), await ownPlanKey(join(folder, 'state/nodemend')));
  expect(await apply(signed, '--yes')).toMatchObject(went);
});

test('one of a colleague is not: it says so, and a person answers, or its hash', async () => {
  const plan = signPlan(planWith(), await ownPlanKey(join(folder, 'colleague')));
  const end = await apply(plan, '--yes');

  expect(end).toMatchObject({ error: { code: 'PLAN_FROM_ELSEWHERE', exitCode: 8 } });
  expect(end.notes).toContain('The plan ./plan.json was not created by you on this machine');
  expect(end.data).toContain('+  rotate 10');
  expect(await apply(plan)).toMatchObject({ error: { code: 'PLAN_FROM_ELSEWHERE' } });
  expect(await apply(plan, '--yes', '--plan-hash', `sha256:${'0'.repeat(64)}`)).toMatchObject({
    error: { code: 'PLAN_HASH_MISMATCH', exitCode: 8 },
  });
  expect(await apply(plan, '--plan-hash', plan.hash)).toMatchObject({ error: { code: 'APPROVAL_MISSING' } });
  expect(await apply(plan, '--yes', '--plan-hash', `sha256:${plan.hash}`)).toMatchObject(went);
  expect(await apply(plan, '--plan-hash', 'abc')).toMatchObject({ error: { code: 'USAGE' } });
});

test('one that nodemend 0.1 saved is read, and comes from elsewhere', async () => {
  expect(await apply(planWith(), '--yes')).toMatchObject({ error: { code: 'PLAN_FROM_ELSEWHERE' } });
});

test('one that was edited, and hashed again, is refused', async () => {
  const signed = signPlan(planWith(), await ownPlanKey(join(folder, 'state/nodemend')));
  const evil = planWith({ actions: [{ ...fileAction(), path: '/etc/cron.d/evil', validate: [], verify: [] }] });
  expect(await apply({ ...evil, signature: signed.signature! }, '--yes')).toMatchObject({
    error: { code: 'PLAN_TAMPERED', exitCode: 8 },
  });
});

const secret = (value: string): string => `password = ${value}\n`;

test('lines that look like secrets are told; a change in one needs --show-hidden', async () => {
  const key = await ownPlanKey(join(folder, 'state/nodemend'));
  const written = (from: string, to: string): Plan =>
    signPlan(
      planWith({
        actions: [{ ...fileAction({ from: fileState(from), to: fileState(to) }), validate: [], verify: [] }],
      }),
      key,
    );
  const kept = await apply(written(`a\n${secret('hunter2hunter2')}`, `b\n${secret('hunter2hunter2')}`), '--yes');
  expect(kept).toMatchObject(went);
  expect(kept.data).toContain('1 line of this file is hidden');
  expect(kept.data).not.toContain('hunter2');

  // The same text to whoever reads it, with another one behind it.
  const changed = written(`a\n${secret('hunter2hunter2')}`, `a\n${secret('swordfish88swordfish')}`);
  const end = await apply(changed, '--yes');
  expect(end).toMatchObject({ error: { code: 'PLAN_HIDES_CHANGES', params: { count: 2 }, exitCode: 8 } });
  expect(end.data).not.toContain('swordfish');
  const shown = await apply(changed, '--yes', '--show-hidden');
  expect(shown).toMatchObject(went);
  expect(shown.data).toContain('+password = swordfish88swordfish');
});

test('what a check is given is shown, and two nodes that look alike and are not are told apart', async () => {
  const rule = (file: string): string => `{\n    daily\n    extension ${file}\n}`;
  const action = (node: string, name: string): Plan['actions'][number] => ({
    ...fileAction(),
    id: `file:${node}:/etc/logrotate.d/docker`,
    node,
    validate: [],
    verify: [{ check: 'container-logs/rule-covers-logs', args: ['/var/lib/docker/containers', rule(name)] }],
  });
  const nodes = ['worker-1', 'worker-2'].map((name) => ({ name, machineId: name, bootId: 'b' }));
  const plan = planWith({ nodes, actions: [action('worker-1', '.one'), action('worker-2', '.two')] });
  const { data } = await apply(plan, '--yes');

  expect(data).toContain('Check: container-logs/rule-covers-logs, with arguments');
  expect(data).toContain('extension .one');
  expect(data).toContain('extension .two');
});

test('with -o json standard output is events alone, each by its schema, and the last says how it ended', async () => {
  const signed = signPlan(planWith(), await ownPlanKey(join(folder, 'state/nodemend')));
  const end = await apply(signed, '--yes', '-o', 'json');
  const events = heldOutput(['-o', 'json'], end.data);

  expect(events[0]).toMatchObject({ event: 'planned', hash: signed.hash, nodes: ['worker-1'], actions: 1 });
  expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['started', 'node-ended', 'ended']));
  expect(events.at(-1)).toMatchObject({ event: 'exit', exitCode: end.code });
  expect(end.code).toBeGreaterThan(0);
  // The plan, the telling and the result are for people.
  expect(end.notes).toContain('+  rotate 10');
  expect(end.notes).toContain('[SSH_');

  const refused = await apply(signed, '-o', 'json');
  expect(refused).toMatchObject({ error: { code: 'APPROVAL_MISSING' } });
  expect(heldOutput(['-o', 'json'], refused.data).at(-1)).toMatchObject({
    event: 'exit',
    exitCode: 8,
    error: { code: 'APPROVAL_MISSING', detail: expect.any(String) as string },
  });
});

test('--dry-run shows the plan and what it would take, asks nobody, and contacts no node', async () => {
  const plan = planWith();
  const end = await apply(plan, '--dry-run');

  expect(end).toMatchObject({ error: undefined, code: 0 });
  expect(end.data).toContain('+  rotate 10');
  expect(end.data).toContain('ESTIMATE  about 2s for 1 node in 1 batch\n');
  expect(await apply(plan, '--dry-run', '--yes')).toMatchObject({ error: { code: 'USAGE', exitCode: 2 } });

  const json = await apply(plan, '--dry-run', '-o', 'json');
  const events = heldOutput(['-o', 'json'], json.data);
  expect(events.map(({ event }) => event)).toEqual(['planned', 'estimate', 'exit']);
});
