/** What a person asks for: these images to be pinned or unpinned; with none all that are at risk, or all that are stale. */
export interface PinRequest {
  readonly operation: 'pin' | 'unpin';
  /** As they were typed. */
  readonly images: readonly string[];
}
