import type { ErrorEntry } from '../catalogue.ts';

export const evidenceErrors = {
  BUNDLE_INVALID: { exit: 2 },
  BUNDLE_VERSION_UNKNOWN: { exit: 2 },
} as const satisfies Record<string, ErrorEntry>;
