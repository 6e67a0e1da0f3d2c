import type { RunResult } from '../../../engine/run.ts';
import type { CommandContext } from '../../command-context.ts';
import { commandLine } from '../../../app/texts/command-line.ts';
import { contextFor } from '../render-context.ts';
import { renderRunResult } from './result.ts';
import type { CommandSession } from '../../options/open-session.ts';

interface Told {
  readonly result: RunResult;
  /** Of the command: the run may have done all of a plan that says nothing of some nodes. */
  readonly exitCode: number;
  /** What the plan did nothing about, in blocks. */
  readonly leftAlone?: readonly (readonly string[])[];
}

/** Prints what became of a run, what was left alone, and what to type next. */
export function tellResult(
  { result, exitCode, leftAlone = [] }: Told,
  session: CommandSession,
  { output }: CommandContext,
): void {
  const word = nextWord(result);
  const next = word === undefined ? undefined : commandLine(['nodemend', word, result.run, ...session.repeatAccess]);
  const verdict = exitCode === 6 ? 'partly' : result.verdict;
  output.data.write(
    renderRunResult({ ...result, verdict }, { leftAlone, next }, contextFor(output.data, session.texts)),
  );
}

/** A run that was cut short goes on; one that is done can be checked; one that changed a part can be undone. */
function nextWord(result: RunResult): string | undefined {
  const { kind, verdict } = result;
  if (isUnfinished(result)) return kind === 'undo' ? 'undo' : 'resume';
  if (kind === 'undo') return verdict === 'done' ? undefined : 'undo';
  if (verdict === 'done') return 'verify';
  return verdict === 'partly' ? 'undo' : undefined;
}

/** Where the journal could not be written to its end, the run's own machine has to be told how the nodes are. */
function isUnfinished({ interrupted, locked, stopped, verdict }: RunResult): boolean {
  const isUnwritten = stopped?.why === 'error' && stopped.code === 'JOURNAL_UNWRITABLE' && verdict === 'partly';
  return interrupted || stopped?.why === 'gate' || isUnwritten || locked.length > 0;
}
