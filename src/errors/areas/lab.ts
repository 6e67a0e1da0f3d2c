import type { ErrorEntry } from '../catalogue.ts';

export const labErrors = {
  LAB_NEEDS_ROOT: { exit: 2 },
} as const satisfies Record<string, ErrorEntry>;
