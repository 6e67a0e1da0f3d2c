import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Plan } from '../../engine/plan.ts';
import { approvalText } from '../../engine/schedule/read-approval.ts';
import { hostsIdentity } from '../../engine/schedule/require-approved.ts';
import { standingApprovalSchema, type StandingApproval } from '../../engine/schedule/standing-approval.ts';
import { contextIn, recordedOutput, runInProcess } from '../testing/run-in-process.ts';
import { askedStanding } from './standing-approval.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-standing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const context = contextIn({ workingFolder: folder }, recordedOutput().output);
const selected = [{ name: 'a', address: '10.0.0.1' }];
const approval: StandingApproval = {
  schema: standingApprovalSchema,
  approvedBy: 'kim@bastion',
  approvedAt: '2026-11-23T01:02:03.000Z',
  target: { kind: 'hosts', sha256: hostsIdentity(selected) },
  problems: ['container-logs'],
  selection: { nodes: 'a' },
  cap: { nodes: 1 },
  remedies: [],
  allow: [],
};
writeFileSync(join(folder, 'approval.json'), approvalText(approval), { mode: 0o600 });
const plan: Plan = {
  schema: 'nodemend.dev/plan/v1',
  hash: '0'.repeat(64),
  madeAt: '',
  target: { kind: 'hosts' },
  nodes: [{ name: 'a', machineId: 'm', bootId: 'b' }],
  problems: ['container-logs'],
  actions: [],
  refused: [],
};

test('the options of the command are held against it, with the plan', async () => {
  const standing = await askedStanding({ approval: 'approval.json', nodes: 'a' }, context);
  expect(() => standing?.require({ plan, source: undefined, selected, unseen: [] })).not.toThrow();
  for (const more of [
    { nodes: 'a,b' },
    { nodes: 'a', allow: ['restart,reboot'] },
    { nodes: 'a', remedy: ['some'] },
    { nodes: 'a', selector: 'x=y' },
  ]) {
    const other = await askedStanding({ approval: 'approval.json', ...more }, context);
    expect(() => other?.require({ plan, source: undefined, selected, unseen: [] })).toThrow(
      expect.objectContaining({ code: 'APPROVAL_EXCEEDED' }),
    );
  }
});

test('without the option there is none: somebody is asked', async () => {
  expect(await askedStanding({}, context)).toBeUndefined();
});

test('what cannot be read, and what everybody can write, approves nothing', async () => {
  await expect(askedStanding({ approval: 'gone.json' }, context)).rejects.toMatchObject({
    code: 'APPROVAL_UNREADABLE',
    exitCode: 2,
    params: { path: join(folder, 'gone.json'), fault: 'ENOENT' },
  });
  writeFileSync(join(folder, 'open.json'), approvalText(approval));
  chmodSync(join(folder, 'open.json'), 0o666);
  await expect(askedStanding({ approval: 'open.json' }, context)).rejects.toMatchObject({
    code: 'APPROVAL_UNSAFE',
    exitCode: 2,
  });
});

test.each([[['--approval', 'approval.json', '--yes']], [['--approval', 'approval.json', 'plan.json']]])(
  'apply %j is one too many',
  async (words) => {
    const { error } = await runInProcess(
      ['apply', ...words, ...(words.includes('plan.json') ? [] : ['container-logs'])],
      { workingFolder: folder },
    );
    expect(error).toMatchObject({ code: 'USAGE', params: { context: 'conflict', typed: '--approval' } });
  },
);
