import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { journalStore } from '../../engine/journal/journal-store.ts';
import { chosenRun } from './chosen-run.ts';
import { portsIn } from '../testing/ports.ts';

const context = portsIn({ environment: { XDG_STATE_HOME: '/nonexistent' } });

test('a run that was named; what cannot be one is refused before anybody is asked to approve it', async () => {
  expect(await chosenRun('20261124-0931-container-logs-7f3a', context)).toBe('20261124-0931-container-logs-7f3a');
  await expect(chosenRun('../../etc', context)).rejects.toMatchObject({ code: 'RUN_ID_INVALID', exitCode: 2 });
});

test('none was named and none was started here', async () => {
  await expect(chosenRun(undefined, context)).rejects.toMatchObject({ code: 'NO_RUN_HERE', exitCode: 2 });
});

describe('none was named', () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'nodemend-chosen-'));
  });
  afterEach(() => rmSync(state, { recursive: true }));

  /** Begins runs, the first one first, each with one line. */
  async function begin(...runs: readonly string[]): Promise<void> {
    for (const run of runs) {
      const journal = await journalStore(join(state, 'nodemend/runs')).open(run, 'aa');
      await journal.write({ entry: 'before', node: 'worker-1', step: 'lock' });
      await journal.close();
    }
  }

  const chosen = (): Promise<string> => chosenRun(undefined, portsIn({ environment: { XDG_STATE_HOME: state } }));

  test('the one that was begun last, though the clock was set back by years in between', async () => {
    await begin('20261124-0931-a-0001', '20211124-0931-b-0002');
    expect(await chosen()).toBe('20211124-0931-b-0002');
  });

  test('never an older one because the journal of the newest is damaged', async () => {
    await begin('20261124-0931-a-0001', '20261124-0932-b-0002');
    writeFileSync(join(state, 'nodemend/runs/20261124-0932-b-0002.jsonl'), 'rubbish\nrubbish\n');
    await expect(chosen()).rejects.toMatchObject({
      code: 'RUN_ORDER_UNKNOWN',
      params: { run: '20261124-0932-b-0002' },
    });
  });
});
