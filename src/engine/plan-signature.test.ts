import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fileAction } from '../../test/chroot/file-fixture.ts';
import { ownPlanKey, readPlanKey } from './journal/plan-key.ts';
import { planHash, withoutPriorContents, type UnsealedPlan } from './plan-hash.ts';
import { originOf, signPlan } from './plan-signature.ts';
import { planSchema, type Plan } from './plan.ts';
import { planText, readPlan } from './read-plan.ts';

function seal(plan: UnsealedPlan): Plan {
  return { ...plan, hash: planHash(plan) };
}

const plan = seal({
  schema: planSchema,
  madeAt: '2026-11-24T09:30:00Z',
  target: { kind: 'hosts' },
  nodes: [{ name: 'worker-1', machineId: 'm-1', bootId: 'b-1' }],
  problems: ['container-logs'],
  actions: [fileAction()],
  refused: [],
});

function machine(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state', 'nodemend');
}

test('a plan is known again on the machine that made it, and nowhere else', async () => {
  const [here, there] = [machine(), machine()];
  const signed = signPlan(plan, await ownPlanKey(here));
  const read = readPlan(planText(signed), 'plan.json');

  expect(read).toEqual(signed);
  expect(read.hash).toBe(plan.hash);
  expect(originOf(read, await readPlanKey(here), 'plan.json')).toBe('here');
  expect(originOf(withoutPriorContents(read), await readPlanKey(here), 'plan.json')).toBe('here');
  expect(await readPlanKey(there)).toBeUndefined();
  expect(originOf(read, undefined, 'plan.json')).toBe('elsewhere');
  expect(originOf(read, await ownPlanKey(there), 'plan.json')).toBe('elsewhere');
  // As nodemend 0.1 wrote it.
  expect(originOf(plan, await readPlanKey(here), 'plan.json')).toBe('elsewhere');
});

test('one that was edited since and given a hash that fits is refused; with its signature off it is anybody’s', async () => {
  const key = await ownPlanKey(machine());
  const signed = signPlan(plan, key);
  const [action] = signed.actions;
  const evil = seal({ ...signed, actions: [{ ...action!, path: '/etc/cron.d/evil' } as Plan['actions'][number]] });

  expect(() => originOf(evil, key, 'plan.json')).toThrow(expect.objectContaining({ code: 'PLAN_TAMPERED' }));
  expect(() => originOf({ ...signed, madeAt: 'later' }, key, 'plan.json')).toThrow(
    expect.objectContaining({ code: 'PLAN_TAMPERED' }),
  );
  const { signature: _signature, ...bare } = evil;
  expect(originOf(bare, key, 'plan.json')).toBe('elsewhere');
});

test('the key is made once, for its user alone, and one that others could have is not used', async () => {
  const folder = machine();
  const keys = await Promise.all([ownPlanKey(folder), ownPlanKey(folder), ownPlanKey(folder)]);
  const path = join(folder, 'plan-key.pem');

  expect(new Set(keys.map((key) => String(key.export({ type: 'pkcs8', format: 'pem' })))).size).toBe(1);
  expect([statSync(path).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(readdirSync(folder)).toEqual(['plan-key.pem']);

  chmodSync(path, 0o640);
  await expect(readPlanKey(folder)).rejects.toMatchObject({ code: 'PLAN_KEY_INVALID' });
  chmodSync(path, 0o622);
  await expect(readPlanKey(folder)).rejects.toMatchObject({ code: 'PATH_UNSAFE' });
  chmodSync(path, 0o600);
  writeFileSync(path, 'no key');
  await expect(ownPlanKey(folder)).rejects.toMatchObject({ code: 'PLAN_KEY_INVALID' });
  expect(existsSync(path)).toBe(true);
});
