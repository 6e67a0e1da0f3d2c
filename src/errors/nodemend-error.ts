import { channel, type Channel } from 'node:diagnostics_channel';
import { catalogue, type ErrorCode } from './catalogue.ts';
import { errorText } from './text.ts';

/**
 * Values that fill the `{{placeholders}}` of an error's text. Never put a secret in one: they reach logs and terminals.
 */
export type ErrorParams = Readonly<Record<string, string | number>>;

/** Every NodemendError, as it is made: by which the suites know which codes the product's own code has given. */
export const errorsMade: Channel = channel('nodemend:error');

/**
 * The only error class that nodemend throws on purpose. Its code is stable and listed in `docs/reference/errors.md`;
 * `message` is the English cause in one line, the next step and the Korean text come from `errorText`.
 */
export class NodemendError extends Error {
  override readonly name = 'NodemendError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;

  constructor(code: ErrorCode, params: ErrorParams = {}, options?: { readonly cause?: unknown }) {
    super(errorText('en', code, params).cause, options);
    this.code = code;
    this.params = params;
    errorsMade.publish(this);
  }

  /** The exit code a command ends with when nothing else decides it (design: exit codes are frozen). */
  get exitCode(): number {
    return catalogue[this.code].exit;
  }

  /** True when the same call may succeed a moment later (refused, reset, timed out); never for keys or credentials. */
  get retryable(): boolean {
    return catalogue[this.code].retryable ?? false;
  }
}

/** Narrows any thrown value; works across bundles because it looks at the shape, not at the class identity. */
export function isNodemendError(value: unknown): value is NodemendError {
  return value instanceof Error && value.name === 'NodemendError' && 'code' in value;
}
