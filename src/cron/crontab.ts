import { isReadByCron } from './cron-names.ts';
import { readCronTime } from './cron-time.ts';

/** A table of cron's, as far as it decides what cron makes of it. */
export interface Crontab {
  readonly path: string;
  readonly lines: readonly CrontabEntry[];
  /** `/etc/crontab` and /etc/cron.d name the account in each line; a user's own table is its owner's. */
  readonly isSystem: boolean;
  /** Undefined where it was not looked at. */
  readonly file?: CrontabFile | undefined;
}

export interface CrontabFile {
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly links: number;
  /** The last line ends with a newline. */
  readonly isEnded: boolean;
}

export interface CrontabEntry {
  readonly schedule: string;
  /** Of the sixth field of a system table. */
  readonly user?: string | undefined;
  readonly hasCommand: boolean;
}

/** Debian's `cron`, or cronie's `crond`. */
export type CronDaemon = 'cron' | 'crond';

/**
 * - `name`, `mode`, `owner`, `links`, `unended`: the whole file.
 * - `time`, `account`, `no-command`: a line; Debian's cron gives up the whole file for one.
 */
export type IgnoredBecause = 'name' | 'mode' | 'owner' | 'links' | 'unended' | 'time' | 'account' | 'no-command';

/** Why cron starts nothing of a table: the file, or one of its lines. */
export interface IgnoredTable {
  readonly why: IgnoredBecause;
  readonly line?: CrontabEntry;
}

/**
 * Why the daemon does not read a table at all; undefined when it does. `accounts` are those that exist, undefined where
 * nobody asked.
 */
export function ignoredTable(
  table: Crontab,
  daemon: CronDaemon,
  accounts?: ReadonlySet<string>,
): IgnoredTable | undefined {
  if (!isReadByCron(table.path, daemon)) return { why: 'name' };
  const why = table.file && ignoredFile(table.file, table.isSystem, daemon);
  if (why !== undefined) return { why };
  if (daemon === 'crond') return undefined;
  return table.lines
    .map((line) => ({ line, why: ignoredEntry(line, { ...table, daemon, accounts }) }))
    .find((one): one is { line: CrontabEntry; why: IgnoredBecause } => one.why !== undefined);
}

/** `process_crontab` and `load_user` of Debian's cron 3.0pl1, `check_open` and `load_user` of cronie. */
function ignoredFile(
  { mode, uid, links, isEnded }: CrontabFile,
  isSystem: boolean,
  daemon: CronDaemon,
): IgnoredBecause | undefined {
  const isOpen = daemon === 'crond' ? (mode & 0o7533) !== 0o400 : (mode & (isSystem ? 0o022 : 0o077)) !== 0;
  if (isOpen) return 'mode';
  if (uid !== 0) return 'owner';
  if (links !== 1 && !(daemon === 'crond' && isSystem)) return 'links';
  return isEnded || daemon === 'crond' ? undefined : 'unended';
}

export interface EntryReader {
  readonly daemon: CronDaemon;
  readonly isSystem: boolean;
  /** Those that exist; undefined where nobody asked. */
  readonly accounts: ReadonlySet<string> | undefined;
}

/** Why cron does not start this line; undefined when it does. */
export function ignoredEntry(
  { schedule, user, hasCommand }: CrontabEntry,
  { daemon, isSystem, accounts }: EntryReader,
): IgnoredBecause | undefined {
  // cronie's own: a hyphen in front keeps a line out of the log.
  const time = daemon === 'crond' ? schedule.replace(/^-/, '') : schedule;
  if (readCronTime(time) === undefined) return 'time';
  if (isSystem && accounts !== undefined && !accounts.has(user ?? '')) return 'account';
  return hasCommand ? undefined : 'no-command';
}
