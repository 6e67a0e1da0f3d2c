import type { Fact } from '../../../evidence/fact.ts';
import type { CrontabFile } from '../../../cron/crontab.ts';
import type { ProbedText } from '../../../runtimes/probed-text.ts';
import dockerRoot from '../../../runtimes/docker/docker-root.sh?raw';
import { askSystemd } from '../../../runtimes/systemd/units.ts';
import script from './scheduler.sh?raw';

/** What may start logrotate on a node, and when it last ran. */
export interface Scheduler {
  /** Seconds since 1970, by the node's own clock. */
  readonly now: number;
  /** Seconds. */
  readonly uptime: number;
  /** Names of running processes: `cron`, `crond`, `anacron`. */
  readonly processes: ReadonlySet<string>;
  /** Of the paths that lines of cron ask for, those that exist. */
  readonly present: ReadonlySet<string>;
  /** Scripts in cron's folders that nobody can start. */
  readonly notExecutable: readonly string[];
  readonly jobs: readonly Job[];
  /** What decides whether cron reads a table that starts logrotate, by path; empty in bundles of older probes. */
  readonly tables: ReadonlyMap<string, CrontabFile>;
  /** Accounts that such tables name and that exist; undefined in bundles of older probes. */
  readonly accounts: ReadonlySet<string> | undefined;
  /** Properties of systemd's timers and services, by unit; empty where systemd does not run. */
  readonly units: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Seconds since 1970 at which a state file was last written, by path. */
  readonly stateFiles: ReadonlyMap<string, number>;
}

/** A line of cron's or anacron's, or of a script in one of cron's folders. */
export interface Job extends Started {
  readonly kind: 'crontab' | 'user' | 'anacron' | 'script';
  readonly path: string;
  /** As written: five fields, one word with an @, anacron's period and delay; empty for a script. */
  readonly schedule: string;
  /** The account that a line is to run as, `?` for what is not a name; in a user's own table the word `root`. */
  readonly user: string | undefined;
  readonly hasCommand: boolean;
}

/** What a command line starts, as far as it is about logrotate. */
export interface Started {
  readonly logrotate: boolean;
  /**
   * The folders in which `logrotate` without its own is looked for, as PATH has them: empty for cron's own, `?` for
   * what was not understood. Undefined for a path.
   */
  readonly searchedIn: string | undefined;
  /** `logrotate --force`, and `--debug`, which changes nothing. */
  readonly isForced: boolean;
  readonly isDebug: boolean;
  readonly anacron: boolean;
  /** Folders whose scripts are run, for example `/etc/cron.daily`. */
  readonly folders: readonly string[];
  /** Files that logrotate is given to read; `?` for one that only a shell knows. */
  readonly configurations: readonly string[];
  /** Nothing happens where one of these exists. */
  readonly unless: readonly string[];
}

const linePattern =
  /^(?:now \d+|uptime \d+|process \S+|present \/.+|not-executable \/.+|state \d+ \/.+|table [0-9a-f]+ \d+ \d+ \/.+|unended \/.+|account \S+|unit \w+=.*|(?:crontab|user|anacron|script) \/[^\t]*\t[^\t]*\t[^\t]+)$/;

export const scheduler: Fact<Scheduler | 'no-docker'> = {
  key: 'container-logs/scheduler',
  script,
  shared: [dockerRoot, askSystemd],
  parse: parseScheduler,
};

/** Takes apart what scheduler.sh prints; `no-docker` where docker keeps no containers. */
export function parseScheduler({ text, truncated }: ProbedText): Scheduler | 'no-docker' | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines[0] === 'no-docker') return 'no-docker';
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [now] = valuesOf('now');
  const [uptime] = valuesOf('uptime');
  if (now === undefined || uptime === undefined) return undefined;
  return {
    now: Number(now),
    uptime: Number(uptime),
    processes: new Set(valuesOf('process')),
    present: new Set(valuesOf('present')),
    notExecutable: valuesOf('not-executable'),
    jobs: jobsOf(lines),
    tables: new Map(valuesOf('table').map((value) => tableOf(value, new Set(valuesOf('unended'))))),
    accounts: valuesOf('table').length === 0 ? undefined : new Set(valuesOf('account')),
    units: unitsOf(valuesOf('unit')),
    stateFiles: new Map(valuesOf('state').map(timeAndPath)),
  };
}

function timeAndPath(value: string): readonly [string, number] {
  const blank = value.indexOf(' ');
  return [value.slice(blank + 1), Number(value.slice(0, blank))];
}

function tableOf(value: string, unended: ReadonlySet<string>): readonly [string, CrontabFile] {
  const [mode = '', uid, links, ...rest] = value.split(' ');
  const path = rest.join(' ');
  const bits = Number.parseInt(mode, 16) & 0o7777;
  return [path, { mode: bits, uid: Number(uid), links: Number(links), isEnded: !unended.has(path) }];
}

function jobsOf(lines: readonly string[]): readonly Job[] {
  return lines.flatMap((line) => {
    const match = /^(crontab|user|anacron|script) ([^\t]*)\t([^\t]*)\t(.+)$/.exec(line);
    if (match === null) return [];
    const [, kind, path = '', schedule = '', words = ''] = match;
    const list = words.split(' ');
    const rest = { user: behind(list, 'user')[0], hasCommand: !list.includes('nothing') };
    return [{ kind: kind as Job['kind'], path, schedule, ...rest, ...startedBy(words) }];
  });
}

/** Reads the words that the probe makes of a command line. */
export function startedBy(words: string): Started {
  const list = words.split(' ');
  return {
    logrotate: list.includes('logrotate'),
    searchedIn: behind(list, 'in')[0],
    isForced: list.includes('force'),
    isDebug: list.includes('debug'),
    anacron: list.includes('anacron'),
    folders: behind(list, 'folder'),
    configurations: behind(list, 'config'),
    unless: behind(list, 'unless'),
  };
}

function behind(list: readonly string[], word: string): readonly string[] {
  return list.filter((one) => one.startsWith(`${word}:`)).map((one) => one.slice(word.length + 1));
}

/** `systemctl show` prints one property a line, those of one unit together, and an empty line between two. */
function unitsOf(properties: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const units = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const property of properties) {
    const equals = property.indexOf('=');
    const [name, value] = [property.slice(0, equals), property.slice(equals + 1)];
    if (name === 'next') current = new Map();
    else current.set(name, value);
    if (name === 'Id') units.set(value, current);
  }
  return units;
}
