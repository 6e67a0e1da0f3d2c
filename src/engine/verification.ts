import type { ErrorCode } from '../errors/catalogue.ts';
import type { TextParams } from '../locales/translator.ts';

/** What one action of a run is worth now. */
export interface Verification {
  /** Empty for an object of the API. */
  readonly node: string;
  /** A file's path, an object's name; empty where the node itself could not be asked. */
  readonly subject: string;
  /**
   * `untouched`: the run never came to this node. `undone`: the run was undone here. `changed`: it is no longer what
   * the run wrote. `broken`: a check says no.
   */
  readonly state: 'holds' | 'changed' | 'broken' | 'undone' | 'untouched' | 'unknown';
  /** English, one sentence; of what changed, how it was found. */
  readonly detail: string;
  /** Of what is broken or unknown. */
  readonly code?: ErrorCode;
  readonly params?: TextParams;
}
