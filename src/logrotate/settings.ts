/** What logrotate does with the logs of one block, after every directive that applies to it. */
export interface Settings {
  readonly criterion: Criterion;
  /** Bytes at which a log rotates when the criterion is `size`. */
  readonly threshold: number;
  /** Bytes; 0 = not given. A period has passed, and still no rotation below this. */
  readonly minSize: number;
  /** Bytes; 0 = not given. Rotates above this, whatever the period says. */
  readonly maxSize: number;
  /** Old logs kept: 0 = none, -1 = all of them. */
  readonly rotateCount: number;
  /** Days since the last write before a log may rotate; 0 = not given. */
  readonly minAge: number;
  /** Days after which old logs go; 0 = not given. */
  readonly maxAge: number;
  readonly compress: boolean;
  readonly delayCompress: boolean;
  readonly copyTruncate: boolean;
  readonly copy: boolean;
  readonly renameCopy: boolean;
  readonly create: boolean;
  readonly createOldDir: boolean;
  readonly dateExt: boolean;
  readonly ifEmpty: boolean;
  readonly missingOk: boolean;
  readonly sharedScripts: boolean;
  readonly allowHardLink: boolean;
  readonly ignoreDuplicates: boolean;
  readonly su: Owner | undefined;
  readonly oldDir: string | undefined;
  readonly dateFormat: string | undefined;
  readonly extension: string | undefined;
  /** Behind every old log, and moved there where a log ends with it. */
  readonly addExtension: string | undefined;
  /** Behind what is compressed, with its dot; the command's own when it is not given. */
  readonly compressExtension: string | undefined;
  readonly mail: string | undefined;
  readonly compressCommand: string | undefined;
  readonly scripts: ReadonlySet<ScriptName>;
}

/** As `su` names them; what is not given stays as it was. */
export interface Owner {
  readonly user: string;
  readonly group: string;
}

export type Criterion = 'hourly' | 'daily' | 'weekly' | 'monthly' | 'yearly' | 'size';

export type ScriptName = 'prerotate' | 'postrotate' | 'firstaction' | 'lastaction' | 'preremove';

/** Without a single directive logrotate rotates at 1 MiB and keeps nothing (`readAllConfigPaths` in config.c). */
export const builtInSettings: Settings = {
  criterion: 'size',
  threshold: 1024 * 1024,
  minSize: 0,
  maxSize: 0,
  rotateCount: 0,
  minAge: 0,
  maxAge: 0,
  compress: false,
  delayCompress: false,
  copyTruncate: false,
  copy: false,
  renameCopy: false,
  create: false,
  createOldDir: false,
  dateExt: false,
  ifEmpty: true,
  missingOk: false,
  sharedScripts: false,
  allowHardLink: false,
  ignoreDuplicates: false,
  su: undefined,
  oldDir: undefined,
  dateFormat: undefined,
  extension: undefined,
  addExtension: undefined,
  compressExtension: undefined,
  mail: undefined,
  compressCommand: undefined,
  scripts: new Set(),
};
