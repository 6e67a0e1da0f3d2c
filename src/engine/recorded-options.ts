import type { JournalEntry } from './journal/entry.ts';
import type { RunOptions } from './run.ts';

/** What was approved at the start of the run holds for the rest of it. */
export function recordedOptions(entries: readonly JournalEntry[], given: RunOptions): RunOptions {
  const begun = beginningOf(entries);
  if (!begun) return given;
  const { maxUnavailable, drain: _drain, gates, within, ...rest } = begun.options;
  return {
    ...withRecordedDrain(entries, given),
    ...rest,
    ...(gates ? { gates: gatesOf(gates) } : {}),
    maxUnavailable,
    within,
    owner: given.owner,
  };
}

/** Where a run that reboots is undone its nodes are emptied as they were then. */
export function withRecordedDrain(entries: readonly JournalEntry[], given: RunOptions): RunOptions {
  const drain = beginningOf(entries)?.options.drain;
  // JSON has no undefined: a grace period that is not there is the pods' own.
  if (!drain) return given;
  const { gracePeriodSeconds, acceptUncertain = [] } = drain;
  return { ...given, drain: { ...drain, gracePeriodSeconds, acceptUncertain } };
}

type RecordedGates = NonNullable<Extract<JournalEntry, { entry: 'begin' }>['options']['gates']>;

/** JSON leaves out what is undefined. */
function gatesOf({ window, prometheus, ...gates }: RecordedGates): RunOptions['gates'] {
  const files = { alertFilterRegexp: undefined, caFile: undefined, tokenFile: undefined, passwordFile: undefined };
  return { ...gates, window, prometheus: prometheus && { ...files, ...prometheus } };
}

/** The first process of the run on this machine; an undo takes no options of the run with it. */
function beginningOf(entries: readonly JournalEntry[]): Extract<JournalEntry, { entry: 'begin' }> | undefined {
  return entries.find((entry) => entry.entry === 'begin');
}
