/** What commands ask of a running lab over its Unix socket, one JSON document each way. */
export type ControlRequest =
  | { readonly kind: 'status' }
  | {
      readonly kind: 'run';
      readonly nodes: readonly string[];
      readonly script: string;
      readonly args: readonly string[];
      readonly timeoutMs: number;
    }
  | { readonly kind: 'renew'; readonly nodes: readonly string[] };

export type ControlResult =
  | { readonly kind: 'status'; readonly running: Readonly<Record<string, boolean>> }
  | { readonly kind: 'run'; readonly results: readonly NodeRun[] }
  | { readonly kind: 'renew' };

/** What a script said on one node. */
export interface NodeRun {
  readonly node: string;
  /** Undefined when the node was not running. */
  readonly exitCode: number | undefined;
  readonly output: string;
}
