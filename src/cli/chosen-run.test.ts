import { expect, test } from 'vitest';
import { chosenRun } from './chosen-run.ts';
import { contextIn, recordedOutput } from './testing/run-in-process.ts';

const context = contextIn({ environment: { XDG_STATE_HOME: '/nonexistent' } }, recordedOutput().output);

test('a run that was named; what cannot be one is refused before anybody is asked to approve it', async () => {
  expect(await chosenRun('20261124-0931-container-logs-7f3a', context)).toBe('20261124-0931-container-logs-7f3a');
  await expect(chosenRun('../../etc', context)).rejects.toMatchObject({ code: 'RUN_ID_INVALID', exitCode: 2 });
});

test('none was named and none was started here', async () => {
  await expect(chosenRun(undefined, context)).rejects.toMatchObject({ code: 'NO_RUN_HERE', exitCode: 2 });
});
