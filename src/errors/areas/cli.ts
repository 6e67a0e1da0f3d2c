import type { ErrorEntry } from '../catalogue.ts';

export const cliErrors = {
  USAGE: { exit: 2 },
  INTERNAL: { exit: 1 },
  APPROVAL_MISSING: { exit: 8 },
  APPROVAL_DECLINED: { exit: 8 },
  NODE_SET_INVALID: { exit: 2 },
} as const satisfies Record<string, ErrorEntry>;
