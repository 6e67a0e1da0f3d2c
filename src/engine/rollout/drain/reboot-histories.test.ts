import fc from 'fast-check';
import { it } from 'vitest';
import { quick } from '../../../../test/runs.ts';
import { histories } from '../../../../test/simulation/history.ts';
import { PlayedHistory } from '../../../../test/simulation/played-history.ts';

/** What is held of them: `test/simulation/invariants.ts` and `played-history.ts`. NODEMEND_SEED tries others. */
it(
  'whatever happens to nodes that are rebooted and to those who have it done: one at a time, drained, once, and told',
  { timeout: 1_800_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(histories, (history) => new PlayedHistory(history).play()),
      { numRuns: quick ? 100 : 5_000 },
    );
  },
);
