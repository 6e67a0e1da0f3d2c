import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { planText } from '../../engine/read-plan.ts';
import { planHash } from '../../engine/plan-hash.ts';
import { planOf } from '../testing/sample-plan.ts';
import { readPlanFile } from './read-plan-file.ts';
import { portsIn } from '../testing/ports.ts';

test('a saved plan comes back from the working folder; what is not a plan says so', async () => {
  const workingFolder = await mkdtemp(join(tmpdir(), 'nodemend-plan-'));
  onTestFinished(() => rm(workingFolder, { recursive: true }));
  const empty = planOf([]);
  const plan = { ...empty, hash: planHash(empty) };
  const context = portsIn({ workingFolder });
  await writeFile(join(workingFolder, 'plan.json'), planText(plan));
  await writeFile(join(workingFolder, 'notes.json'), '{"a":1}');

  expect(await readPlanFile('plan.json', context)).toEqual({ plan, file: 'plan.json', origin: 'elsewhere' });
  await expect(readPlanFile('nowhere.json', context)).rejects.toMatchObject({
    code: 'PLAN_UNREADABLE',
    params: { path: join(workingFolder, 'nowhere.json'), fault: 'ENOENT' },
    exitCode: 2,
  });
  await expect(readPlanFile('.', context)).rejects.toMatchObject({
    code: 'PLAN_UNREADABLE',
    params: { fault: 'EISDIR' },
  });
  await expect(readPlanFile('notes.json', context)).rejects.toMatchObject({ exitCode: 2 });
});
