import type { ErrorCode } from './catalogue.ts';
import { isErrorCode } from './error-code.ts';
import { isNodemendError } from './nodemend-error.ts';

/** The code and values of an error; those of INTERNAL for what was not thrown on purpose. */
export function knownError(error: unknown): {
  readonly code: ErrorCode;
  readonly params: Readonly<Record<string, string | number>>;
} {
  if (isNodemendError(error) && isErrorCode(error.code)) return { code: error.code, params: error.params };
  return { code: 'INTERNAL', params: { problem: error instanceof Error ? error.message : String(error) } };
}
