import script from './version.sh?raw';

/**
 * What differs between the releases of logrotate that nodes run. Read in the upstream sources at the tags r3-8-6,
 * 3.11.0, 3.12.0, 3.14.0, 3.15.0, 3.17.0, 3.18.0, 3.19.0, 3.21.0 and 3.22.0 (`config.c`, `ChangeLog.md`) and measured
 * with binaries built from r3-8-6, 3.11.0, 3.14.0, 3.18.0, 3.21.0 and 3.22.0.
 *
 * Who ships which: CentOS 7 3.8.6 · Ubuntu 18.04 3.11.0 · Rocky 8, Ubuntu 20.04, Debian 10 3.14.0 · Rocky 9, Debian 11
 * 3.18.0 · Ubuntu 22.04 3.19.0 · Debian 12, Ubuntu 24.04 3.21.0 · Debian 13 3.22.0.
 */
export interface Release {
  /** As `logrotate --version` prints it. */
  readonly version: string;
  /** Endings of file names that an included folder's reader passes over. */
  readonly tabooEndings: readonly string[];
  /** Before 3.11 `*~` also matched `.docker~`; since then a hidden name is matched by no taboo pattern (FNM_PERIOD). */
  readonly hiddenNamesCanBeTaboo: boolean;
  /** Before 3.14 a file is passed over unless `mode & 07533` is 0400 (#166): 0755 counts as bad. */
  readonly refusesExecutableFiles: boolean;
  /**
   * Before 3.12 an error drops every block of its file, later blocks of the file get no logs after a duplicate (#81).
   */
  readonly errorDropsFile: boolean;
  /** Since 3.12 a line that starts with # among the log names of a block is a comment (#109). */
  readonly commentsAmongNames: boolean;
  /** Since 3.22 blanks before the brace fall away, even inside a quote that was never closed. */
  readonly trimsNames: boolean;
  /** Before 3.15.1 a pattern in a folder that does not exist is an error without `missingok` (#251). */
  readonly needsFolder: boolean;
  /** Since 3.15 a block that is skipped makes its file, and so the run, fail (#199). */
  readonly blockErrorFailsFile: boolean;
  /**
   * Since 3.19 (#408, #427, #431): no half-read block stays, odd lines and missing values are errors, words are
   * separated.
   */
  readonly strict: boolean;
  /** Since 3.19 a log with more than one hard link is passed over unless `allowhardlink` (#407). */
  readonly refusesHardLinks: boolean;
  /** Since 3.12 `weekly` takes a day (#93) and is an error with anything else after it. */
  readonly weeklyTakesDay: boolean;
  /** Since 3.18 `su` and `create` take numbers (#217). */
  readonly numericOwners: boolean;
  /** Since 3.16 `su` without a group is an error (#276). */
  readonly suNeedsGroup: boolean;
  /** Before 3.8.9 what `su` leaves out is root; since then it is nobody at all. */
  readonly suDefaultsToRoot: boolean;
  /** Before 3.10 `missingok` does not excuse a log whose folder is missing from the check of `olddir`. */
  readonly oldDirNeedsLogFolder: boolean;
  /** Since 3.15 `rotate -1` keeps every old log (#202); before, it is an error. */
  readonly unlimitedRotations: boolean;
  /** Since 3.18.1 `renamecopy` and `copytruncate` override each other (#386). */
  readonly renameCopyOverrides: boolean;
  /** Since 3.22 a file that is passed over for its mode or owner makes the run fail (#508). */
  readonly ignoredFileFails: boolean;
  /**
   * Before 3.22 a value of nothing but `\r` runs on to the end of the file, and the last word needs a newline after it.
   */
  readonly readsPastEnd: boolean;
  /** Directives that this release does not know: the line is passed over with an error. */
  readonly unknownDirectives: ReadonlySet<string>;
}

const directiveSince: Readonly<Record<string, string>> = {
  preremove: '3.8.4',
  hourly: '3.8.5',
  createolddir: '3.8.9',
  nocreateolddir: '3.8.9',
  renamecopy: '3.8.9',
  norenamecopy: '3.8.9',
  minage: '3.11.0',
  taboopat: '3.11.0',
  addextension: '3.11.0',
  datehourago: '3.14.0',
  allowhardlink: '3.19.0',
  noallowhardlink: '3.19.0',
  ignoreduplicates: '3.21.0',
};

const firstTabooEndings = [
  '.rpmsave',
  '.rpmorig',
  '~',
  ',v',
  '.disabled',
  '.dpkg-old',
  '.dpkg-dist',
  '.dpkg-new',
  '.cfsaved',
  '.ucf-old',
  '.ucf-dist',
  '.ucf-new',
  '.rpmnew',
  '.swp',
  '.rhn-cfg-tmp-*',
];

/** The node's own, as a fact of it (evidence/fact.ts). */
export const logrotateVersion = { key: 'logrotate/version', ahead: true, script, parse: printedRelease } as const;

/** What `logrotate --version` prints. */
function printedRelease({ text }: { readonly text: string }): Release | undefined {
  return releaseOf(/^logrotate (\d\S*)/m.exec(text)?.[1] ?? '');
}

/** The release as a dialect of the configuration; undefined when the version cannot be read. */
export function releaseOf(version: string): Release | undefined {
  const at = parseVersion(version);
  if (at === undefined) return undefined;
  const since = (first: string): boolean => compareVersions(at, parseVersion(first) ?? []) >= 0;
  return {
    version,
    tabooEndings: tabooEndings(since),
    hiddenNamesCanBeTaboo: !since('3.11.0'),
    refusesExecutableFiles: !since('3.14.0'),
    errorDropsFile: !since('3.12.0'),
    commentsAmongNames: since('3.12.0'),
    trimsNames: since('3.22.0'),
    needsFolder: !since('3.15.1'),
    blockErrorFailsFile: since('3.15.0'),
    strict: since('3.19.0'),
    refusesHardLinks: since('3.19.0'),
    weeklyTakesDay: since('3.12.0'),
    numericOwners: since('3.18.0'),
    suNeedsGroup: since('3.16.0'),
    suDefaultsToRoot: !since('3.8.9'),
    oldDirNeedsLogFolder: !since('3.10.0'),
    unlimitedRotations: since('3.15.0'),
    renameCopyOverrides: since('3.18.1'),
    ignoredFileFails: since('3.22.0'),
    readsPastEnd: !since('3.22.0'),
    unknownDirectives: new Set(Object.keys(directiveSince).filter((name) => !since(directiveSince[name] ?? ''))),
  };
}

function tabooEndings(since: (first: string) => boolean): readonly string[] {
  return [
    ...firstTabooEndings,
    ...(since('3.13.0') ? ['.dpkg-bak', '.dpkg-del'] : []),
    ...(since('3.14.0') ? ['.dpkg-tmp'] : []),
    ...(since('3.17.0') ? ['.bak'] : []),
    ...(since('3.22.0') ? ['.new', '.old', '.orig'] : []),
  ];
}

function parseVersion(version: string): readonly number[] | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let part = 0; part < 3; part += 1) {
    const difference = (a[part] ?? 0) - (b[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
