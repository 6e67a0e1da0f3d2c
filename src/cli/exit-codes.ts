import { synchronisedEntries } from '../app/problems/synchronised.ts';

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

/** `<problem> diff` or `<problem> sync`, of each problem that has them. */
const drift = (command: 'diff' | 'sync'): readonly string[] =>
  synchronisedEntries.map(({ meta }) => `${meta.id} ${command}`);

/**
 * Every command is in here, some with the option that makes them change something. `others` have the codes of all alone,
 * `plan` 5 as well; `schedule run` ends with that of the command that it runs.
 */
export const commandsOfScope: Readonly<Record<Exclude<ExitScope, 'all'> | 'others', readonly string[]>> = {
  reading: [
    'doctor',
    'diagnose',
    'verify',
    'history',
    'bundle',
    ...drift('diff'),
    'images list',
    'images export',
    'rate-limit',
    'rewrite',
    'boot-argument',
    'schedule status',
  ],
  changing: [
    'apply',
    'undo',
    'resume',
    'prune',
    'force-unlock',
    ...drift('sync'),
    'pull-secret',
    'rewrite --write',
    'boot-argument --write',
    'reboot',
    'images reseed',
    'images restore',
    'images pin',
    'images import',
    'admission-policy --apply',
    'admission-policy --remove',
    'schedule install',
    'schedule remove',
  ],
  others: ['explain', 'plan', 'admission-policy', 'user-script', 'schedule run', 'lab', 'completion', 'version'],
};
