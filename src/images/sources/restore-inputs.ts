import type { SourceKind } from './candidates.ts';

/** The remedy that brings missing images back. */
export const restoreRemedy = 'restore-images';

/** What images are restored by, beside what is known of them. */
export interface RestoreInputs {
  /** Digests that are right where it is not known which image has to be there. */
  readonly accepted: ReadonlySet<string>;
  /** Of which kinds a source may be; absent: of all. */
  readonly from?: ReadonlySet<SourceKind>;
  /** Names, written out; absent: all that are missing. */
  readonly images?: ReadonlySet<string>;
}

/** The first that is not a digest. */
export function notDigest(typed: readonly string[]): string | undefined {
  return typed.find((digest) => !/^sha256:[0-9a-f]{64}$/u.test(digest));
}
