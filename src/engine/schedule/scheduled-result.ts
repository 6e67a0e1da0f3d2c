import { z } from 'zod';

/**
 * What became of one run of a schedule; the last one is kept beside it, and every one is a line of the machine's
 * journal.
 */
const resultShape = z.strictObject({
  schedule: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  /** Of the command; 128 and more when a signal ended it. */
  exitCode: z.int(),
  /** `done`, `findings`, `refused`: what the exit code means. */
  verdict: z.string(),
  /** The run that it made, for undo; absent when nothing was begun. */
  run: z.string().exactOptional(),
  /** Code of the error that ended it. */
  error: z.string().exactOptional(),
  /** How the command of --on-failure ended; absent when it was not called. */
  onFailure: z.string().exactOptional(),
});

export type ScheduledResult = Readonly<z.output<typeof resultShape>>;

/** Undefined for a text that is none: it is written again by the next run. */
export function parseResult(text: string): ScheduledResult | undefined {
  try {
    const parsed = resultShape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

const verdicts: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'internal-error',
  2: 'usage-error',
  3: 'findings',
  4: 'warnings',
  5: 'incomplete',
  6: 'partly',
  7: 'stopped-and-restored',
  8: 'refused',
  130: 'interrupted',
};

/** What an exit code means, in one word (docs/reference/exit-codes.md). */
export function verdictOf(exitCode: number): string {
  return verdicts[exitCode] ?? 'died';
}

/** `key=value` in one line, the same in every language: for people with grep and for log shippers. */
export function resultLine(result: ScheduledResult): string {
  const { schedule, exitCode, verdict, run = '-', error, onFailure } = result;
  const seconds = Math.round((Date.parse(result.endedAt) - Date.parse(result.startedAt)) / 1000);
  const more = [
    ...(error === undefined ? [] : [`error=${error}`]),
    ...(onFailure === undefined ? [] : [`on-failure=${onFailure}`]),
  ];
  return [
    `nodemend schedule=${schedule} verdict=${verdict} exit=${exitCode} run=${run} seconds=${seconds}`,
    ...more,
  ].join(' ');
}

/**
 * As sd-daemon(3) and syslog(3) number them: 6 informational, 5 notice, 4 warning, 3 error. A run that changed
 * something is worth a notice.
 */
export function priorityOf({ exitCode, run }: ScheduledResult): 3 | 4 | 5 | 6 {
  if (exitCode === 0) return run === undefined ? 6 : 5;
  return exitCode === 3 || exitCode === 4 ? 4 : 3;
}
