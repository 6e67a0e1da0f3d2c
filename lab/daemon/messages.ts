import type { Failure } from './failure.ts';

/** What the starting command and the daemon tell each other over their channel while the lab comes up. */

/**
 * Each carries a listening socket: the daemon lives in a network namespace of its own and cannot listen on the machine.
 */
export type ToDaemon =
  | { readonly kind: 'api-listener' }
  | { readonly kind: 'node-listener'; readonly index: number }
  | { readonly kind: 'begin' };

export type FromDaemon =
  | { readonly kind: 'progress'; readonly step: LabStep; readonly done: number; readonly total: number }
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'failed' } & Failure);

/** In order. */
export type LabStep = 'layer' | 'nodes';
