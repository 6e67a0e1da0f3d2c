import type { StepResult } from '../../actions/action.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { JournalNote } from '../journal/entry.ts';
import { redactParams, redactResult, redactWords } from './redact-result.ts';
import type { StepPlace } from '../run.ts';
import type { RunSession } from './session.ts';

/**
 * Writes down that a step begins, takes it, writes down how it ended. What it says is redacted before anybody sees it.
 * @throws what the step throws, and NodemendError JOURNAL_UNWRITABLE, in which case the step was not taken.
 */
export async function performStep(
  session: RunSession,
  place: StepPlace,
  perform: () => Promise<StepResult>,
): Promise<StepResult> {
  await session.journal.write({ entry: 'before', ...place });
  session.emit({ event: 'step', ...place });
  let result: StepResult;
  try {
    result = redactResult(await perform());
  } catch (error) {
    const detail = redactWords(error instanceof Error ? error.message : String(error));
    const known = isNodemendError(error) ? { code: error.code, params: redactParams(error.params) } : undefined;
    const code = known === undefined ? {} : { code: known.code };
    await session.journal.write({ entry: 'after', ...place, outcome: 'failed', detail, ...code });
    const told = known === undefined ? {} : { error: known };
    session.emit({ event: 'step-ended', ...place, outcome: 'failed', detail, ...told });
    throw error;
  }
  await session.journal.write(afterEntry(place, result));
  const { outcome, detail } = result;
  const error = 'code' in result ? { error: { code: result.code, params: result.params } } : {};
  session.emit({ event: 'step-ended', ...place, outcome, detail, ...error });
  return result;
}

function afterEntry(place: StepPlace, result: StepResult): JournalNote {
  const { outcome, detail } = result;
  const code = 'code' in result ? { code: result.code } : {};
  const diff = 'diff' in result ? { diff: result.diff } : {};
  return { entry: 'after', ...place, outcome, detail, ...code, ...diff };
}
