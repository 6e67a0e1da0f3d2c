import { expect, test } from 'vitest';
import { runInProcess } from '../testing/run-in-process.ts';

test('what is not an id of a run is said before a cluster is looked for', async () => {
  const { error } = await runInProcess(['force-unlock', '../../etc']);

  expect(error).toMatchObject({ code: 'RUN_ID_INVALID', exitCode: 2 });
});
