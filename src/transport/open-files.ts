import { readdirSync, readFileSync } from 'node:fs';
import type { TransportKind } from './transport.ts';

/** What POSIX promises at least is far less; this is what macOS and old distributions set. */
const assumedLimit = 256;
/** For files, pipes and agent sockets that come and go, and for what is open before the count. */
const reserve = 64;

/**
 * Descriptors that a node takes here while it is worked on: a socket, a pod's and those of two scripts in it, or the
 * three pipes of a child process and one to spare.
 */
const perNode: Readonly<Record<TransportKind, number>> = { ssh: 1, pod: 3, 'system-ssh': 4, local: 4 };

/** How many files this process may have open. Node raises its soft limit to the hard one when it starts. */
export function openFileLimit(): number {
  try {
    const [, soft = ''] = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === 'unlimited' ? Infinity : Number(soft) || assumedLimit;
  } catch {
    return assumedLimit;
  }
}

/** How many files it has open now. */
export function openFileCount(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return reserve;
  }
}

/** How many nodes can be worked on at once before descriptors run out; at least one. */
export function nodesThatFit(kind: TransportKind, limit: number, open: number): number {
  return Math.max(1, Math.floor((limit - open - reserve) / perNode[kind]));
}
