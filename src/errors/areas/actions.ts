import type { ErrorEntry } from '../catalogue.ts';

export const actionErrors = {
  FILE_CHANGED_SINCE_PLAN: { exit: 8 },
} as const satisfies Record<string, ErrorEntry>;
