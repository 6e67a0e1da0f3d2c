import type { ActionBase } from '../action.ts';

/**
 * Frees the room of one log file of a container. The content is in no plan and in no record: a compressed copy lies
 * beside the record where there was room for it.
 */
export interface LogSpaceAction extends ActionBase {
  readonly kind: 'log-space';
  /** Where no copy is sure to be kept. */
  readonly disrupts?: 'discard';
  /** Absolute; of the form that docker or kubelet gives logs (`log-space/log-path.ts`). */
  readonly path: string;
  /**
   * `rotated` and `dead`: written by nobody, and removed. `live`: its writer has it open, so it is emptied in place.
   */
  readonly log: 'rotated' | 'dead' | 'live';
  /**
   * `always`: freed only when a copy could be kept, so that it can be undone. `when-it-fits`: freed in any case.
   * `never`: the log is compressed already, or too large to be copied.
   */
  readonly keep: 'always' | 'when-it-fits' | 'never';
  /** Bytes that stay free where the copy lies. */
  readonly reserve: number;
  /** The file as the plan saw it: apply touches no other. Bytes; `modified` in seconds since 1970. */
  readonly was: {
    readonly device: string;
    readonly inode: string;
    readonly size: number;
    readonly allocated: number;
    readonly modified: number;
  };
}
