import type { ClientCertificate } from '../network/route.ts';

/** What proves who we are, on one request. Neither part: anonymous. */
export interface Credential {
  readonly token?: string;
  readonly certificate?: ClientCertificate;
}

export interface Credentials {
  /** The credential to use now: from memory, a file that is read again, or an exec plugin. */
  readonly current: (signal?: AbortSignal) => Promise<Credential>;
  /**
   * Called when the server answered 401 to `rejected`: forgets it where another can be had.
   * @returns whether asking again may give another one.
   */
  readonly reject: (rejected: Credential) => boolean;
}

/** Credentials that never change during a run. */
export function fixedCredentials(credential: Credential): Credentials {
  return { current: () => Promise.resolve(credential), reject: () => false };
}
