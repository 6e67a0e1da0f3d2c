import { isNodemendError } from '../errors/nodemend-error.ts';
import type { ApiStatus } from './status-error.ts';

export interface RetryQuestion {
  /** How often it was tried so far, 1 after the first time. */
  readonly attempt: number;
  /** A request that changes nothing may be sent again whatever happened to it. */
  readonly readOnly: boolean;
  /** 0 to 1. */
  readonly chance: number;
  /** Whether the server has answered this process before. */
  readonly met: boolean;
}

const maxAttempts = 5;
const longestWaitMs = 30_000;

/**
 * Wait before an answer's request is sent again; undefined: give up. client-go repeats what carries Retry-After
 * (rest/with_retry.go); 429 says that nothing was done, so any request may follow it.
 */
export function retryAfterStatus({ code, retryAfterSeconds }: ApiStatus, question: RetryQuestion): number | undefined {
  const overload = code === 429 || (retryAfterSeconds !== undefined && code >= 500);
  const gateway = question.readOnly && (code === 502 || code === 503 || code === 504);
  if (!overload && !gateway) return undefined;
  return bounded(
    question,
    retryAfterSeconds === undefined ? backoffMs(question.attempt, question.chance) : retryAfterSeconds * 1000,
  );
}

/**
 * The same for a connection that broke: only reads, and only what was cut. A server that refuses connections is
 * restarting if it has answered before; otherwise the address is wrong, which is said at once.
 */
export function retryAfterError(error: unknown, question: RetryQuestion): number | undefined {
  if (!question.readOnly || !isNodemendError(error)) return undefined;
  const mayPass = error.code === 'API_CONNECTION_CUT' || (error.code === 'API_REFUSED' && question.met);
  return mayPass ? bounded(question, backoffMs(question.attempt, question.chance)) : undefined;
}

/** Doubles from 250 ms to 30 s; half of it by chance, so that many clients do not return together. */
export function backoffMs(attempt: number, chance: number): number {
  const full = Math.min(250 * 2 ** attempt, longestWaitMs);
  return Math.round(full / 2 + (full / 2) * chance);
}

function bounded({ attempt }: RetryQuestion, waitMs: number): number | undefined {
  return attempt < maxAttempts && waitMs <= longestWaitMs ? waitMs : undefined;
}
