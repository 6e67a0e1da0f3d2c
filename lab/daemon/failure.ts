import { NodemendError, isNodemendError, type ErrorParams } from '../../src/errors/nodemend-error.ts';
import type { ErrorCode } from '../../src/errors/catalogue.ts';

/** An error on its way from the daemon to a command. */
export interface Failure {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
}

export function asFailure(error: unknown): Failure {
  if (isNodemendError(error)) return { code: error.code, params: error.params };
  return { code: 'INTERNAL', params: { problem: error instanceof Error ? error.message : String(error) } };
}

export function asError({ code, params }: Failure): NodemendError {
  return new NodemendError(code, params);
}
