import { randomBytes } from 'node:crypto';

const longest = 60;

/**
 * `20261124-0931-container-logs-7f3a91`: minute of the start in UTC, what it was for, and six random hex digits. Sorts
 * by time, can be read aloud, and is a safe name of a folder. With four digits one in fourteen minutes with a hundred
 * runs had the same id twice, and the second run did not begin.
 */
export function newRunId(problems: readonly string[], now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  const minute = `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
  const subject = problems
    .join('-')
    .replaceAll(/[^a-z0-9-]/gu, '')
    .slice(0, longest)
    .replace(/-+$/u, '');
  return [minute, ...(subject ? [subject] : []), randomBytes(3).toString('hex')].join('-');
}

/** Whether a text from outside may be used as a run's id, and so in the name of a file. */
export function isRunId(text: string): boolean {
  return /^\d{8}-\d{4}-[a-z0-9-]{1,100}$/u.test(text);
}

/** Names one process of a run in the locks of its nodes. */
export function newSession(): string {
  return randomBytes(4).toString('hex');
}
