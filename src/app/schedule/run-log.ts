import { constants } from 'node:fs';
import { appendFile, rename, stat } from 'node:fs/promises';
import { priorityOf, resultLine, type ScheduledResult } from '../../engine/schedule/scheduled-result.ts';
import { runLocalProgram } from '../../transport/local/local-program.ts';

/** Bytes of a log of cron's runs; the one before it is kept, and no more. */
const longestLog = 1_000_000;

/** Opens the log that takes what cron would mail: a new one where it has grown long. */
export async function turnLog(path: string): Promise<void> {
  const size = await stat(path).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
  if (size > longestLog) await rename(path, `${path}.1`);
}

// A number is what open(2) takes; the types of Node know only the letters.
const appending = (constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NOFOLLOW) as unknown as string;

export async function appendLog(path: string, text: string | Buffer): Promise<void> {
  await appendFile(path, text, { mode: 0o600, flag: appending });
}

/** The line for journald, which reads a priority off its front (sd-daemon(3)). */
export function journalLine(result: ScheduledResult): string {
  return `<${priorityOf(result)}>${resultLine(result)}\n`;
}

const severities = { 3: 'err', 4: 'warning', 5: 'notice', 6: 'info' } as const;

/** Hands the line to the machine's system log, where it has one: the log file has it anyway. */
export async function tellSystemLog(
  result: ScheduledResult,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const args = ['-t', 'nodemend', '-p', `cron.${severities[priorityOf(result)]}`, '--', resultLine(result)];
  await runLocalProgram({ program: 'logger', args, environment, limitMs: 10_000 }).catch(() => undefined);
}
