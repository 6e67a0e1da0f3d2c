import { isNodemendError, type NodemendError } from '../../errors/nodemend-error.ts';
import type { Finding } from '../../problems/problem.ts';
import type { FindingsReport } from '../documents/findings/report.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import { changesSince, type Change } from './changes.ts';
import { diagnose, type DiagnosisRequest } from './diagnose.ts';

export interface WatchRequest extends Pick<DiagnosisRequest, 'session' | 'asked' | 'upgradeTo'> {
  /** Between the end of a look and the start of the next. */
  readonly intervalSeconds: number;
  /** Other words are a change. */
  readonly wordsOf: (finding: Finding) => string;
}

export type Look =
  | { readonly kind: 'first'; readonly report: FindingsReport }
  /** `changes` may be empty; `answered` where the look before failed. */
  | {
      readonly kind: 'next';
      readonly report: FindingsReport;
      readonly changes: readonly Change[];
      readonly answered: boolean;
    }
  /** Nothing could be looked at: all that was found stands. Once for each error, until a look succeeds. */
  | { readonly kind: 'failed'; readonly at: Date; readonly error: NodemendError };

/**
 * Looks again and again, until it is interrupted; never twice at once. A look that was interrupted is dropped, because
 * what it did not reach would look like a change. @throws NodemendError those of `diagnose`, of the first look
 */
export async function* watch(
  { intervalSeconds, wordsOf, ...request }: WatchRequest,
  ports: Ports & Loaded,
): AsyncGenerator<Look, void, undefined> {
  const report = await diagnose(request, ports);
  yield { kind: 'first', report };
  let { standing } = changesSince(new Map(), report, wordsOf);
  let failure: string | undefined;
  while (await waited(intervalSeconds * 1_000, ports)) {
    const next = await lookAgain(request, ports);
    if (ports.interrupt.aborted) return;
    if (isNodemendError(next)) {
      if (next.code !== failure) yield { kind: 'failed', at: ports.now(), error: next };
      failure = next.code;
      continue;
    }
    const compared = changesSince(standing, next, wordsOf);
    yield { kind: 'next', report: next, changes: compared.changes, answered: failure !== undefined };
    ({ standing } = compared);
    failure = undefined;
  }
}

/** @returns false once it was interrupted */
async function waited(ms: number, { sleep, interrupt }: Ports): Promise<boolean> {
  if (interrupt.aborted) return false;
  try {
    await sleep(ms, interrupt);
  } catch (error) {
    if (!interrupt.aborted) throw error;
  }
  return !interrupt.aborted;
}

/** What was not thrown on purpose ends the watch. */
async function lookAgain(request: DiagnosisRequest, ports: Ports & Loaded): Promise<FindingsReport | NodemendError> {
  try {
    return await diagnose(request, ports);
  } catch (error) {
    if (isNodemendError(error)) return error;
    if (ports.interrupt.aborted) throw new DOMException('interrupted', 'AbortError');
    throw error;
  }
}
