import fc from 'fast-check';
import { it } from 'vitest';
import { quick } from '../../../../test/runs.ts';
import { histories } from '../../../../test/simulation/history.ts';
import { PlayedHistory } from '../../../../test/simulation/played-history.ts';

/** What is held of them: `test/simulation/invariants.ts` and `played-history.ts`. NODEMEND_SEED tries others. */
it.each([
  ['for nothing but the reboot', 5_000, fc.constant(false)],
  ['for an argument of the kernel as well, whose undo reboots once more', 1_500, fc.boolean()],
] as const)(
  'whatever happens to nodes that are rebooted %s: so many at a time, drained, once, and told',
  { timeout: 1_800_000 },
  async (_why, numRuns, forArgument) => {
    await fc.assert(
      fc.asyncProperty(histories(forArgument), (history) => new PlayedHistory(history).play()),
      { numRuns: quick ? 50 : numRuns },
    );
  },
);
