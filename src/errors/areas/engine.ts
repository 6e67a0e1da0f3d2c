import type { ErrorEntry } from '../catalogue.ts';

export const engineErrors = {
  NO_TARGETS: { exit: 2 },
  PLAN_STALE: { exit: 8 },
} as const satisfies Record<string, ErrorEntry>;
