import { isNodemendError } from '../../errors/nodemend-error.ts';

/** What only explains a failure must not become another one. */
export async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isNodemendError(error)) return undefined;
    throw error;
  }
}
