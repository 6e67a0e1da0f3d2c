import type { TextParams } from '../../locales/translator.ts';

/** A text of the shell's `doctor.*` keys and what fills it. */
export interface DoctorText {
  readonly key: string;
  readonly params: TextParams;
}

/** Stands for the group of nodes that belong to none; no group is called so. */
export const ungrouped = '-';

/**
 * One line of `nodemend doctor`: a thing that must be right before anything else can be, and what to do when it is not.
 */
export interface DoctorRow {
  /** Stable lower-kebab-case id, for JSON: `api-server`, `certificate`, `access`, `sudo`, `clock` … */
  readonly check: string;
  /** The node group or node it speaks of; absent for the cluster. */
  readonly subject?: string;
  readonly state: 'ok' | 'warn' | 'fail' | 'unknown' | 'not-looked-at';
  readonly text: DoctorText;
  /** What to do; every row that is not ok has one. */
  readonly next?: DoctorText;
  /** Something to copy: a role in YAML. */
  readonly attachment?: string;
  /** The error behind it; its own words replace `text` and `next` for people. */
  readonly error?: { readonly code: string; readonly params: TextParams };
}

/** Doctor ends with the reading codes: 3 something fails, 5 something is unknown, 4 warnings, 0 ready. */
export function doctorExit(rows: readonly DoctorRow[]): 0 | 3 | 4 | 5 {
  const has = (state: DoctorRow['state']): boolean => rows.some((row) => row.state === state);
  if (has('fail')) return 3;
  if (has('unknown')) return 5;
  return has('warn') ? 4 : 0;
}
