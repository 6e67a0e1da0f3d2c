import { isNodemendError, type NodemendError } from '../../errors/nodemend-error.ts';

/** The NodemendError that a call ends with; a call that succeeds, or fails otherwise, fails the test. */
export async function caught(call: Promise<unknown> | (() => unknown)): Promise<NodemendError> {
  const error: unknown = await (typeof call === 'function' ? Promise.resolve().then(call) : call).then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (isNodemendError(error)) return error;
  throw error;
}
