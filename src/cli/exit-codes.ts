/** The commands that end with a code: `all`, those that read, or those that change. */
export type ExitScope = 'all' | 'reading' | 'changing';

export interface ExitCode {
  readonly code: number;
  readonly scope: ExitScope;
}

/** Every exit code, frozen: scripts and monitoring depend on them. What each means is in the reference. */
export const exitCodes = [
  { code: 0, scope: 'all' },
  { code: 1, scope: 'all' },
  { code: 2, scope: 'all' },
  { code: 3, scope: 'reading' },
  { code: 4, scope: 'reading' },
  { code: 5, scope: 'reading' },
  { code: 6, scope: 'changing' },
  { code: 7, scope: 'changing' },
  { code: 8, scope: 'changing' },
  { code: 130, scope: 'all' },
] as const satisfies readonly ExitCode[];

/** Where several would fit, the first of these is taken. */
export const exitPrecedence = [1, 2, 3, 5, 4, 0] as const;

export const commandsOfScope = {
  reading: ['doctor', 'diagnose', 'verify', 'history', 'bundle', 'container-logs diff', 'schedule status'],
  changing: ['apply', 'undo', 'resume', 'prune', 'container-logs sync', 'force-unlock'],
} as const satisfies Record<Exclude<ExitScope, 'all'>, readonly string[]>;
