import { bridgeAddress, networkAddress, networkPrefix } from '../lab/cluster/addresses.ts';

/** A network of a testbed: a bridge, and the address that the testbed's router has in it. */
export interface NetworkSegment {
  readonly bridge: string;
  readonly router: string;
  readonly prefix: number;
}

/**
 * Three networks with one router, which is also where the API server is: nodes with a way out, nodes without, and what
 * is outside.
 */
export const segments = {
  open: { bridge: 'lab', router: bridgeAddress, prefix: networkPrefix },
  closed: { bridge: 'closed', router: '10.78.0.1', prefix: 16 },
  /** TEST-NET-2 of RFC 5737. */
  outside: { bridge: 'outside', router: '198.51.100.1', prefix: 24 },
} as const satisfies Readonly<Record<string, NetworkSegment>>;

export const closedNetwork = '10.78.0.0/16';
export const upstreamAddress = '198.51.100.10';

/** The same numbers as in the open subnet, below 10.78. */
export function closedAddress(index: number): string {
  return networkAddress(index).replace(/^10\.77\./, '10.78.');
}

/** The segment that an address of the testbed's network lies in. */
export function segmentOf(networkAddress: string): NetworkSegment {
  if (networkAddress.startsWith('10.78.')) return segments.closed;
  return networkAddress.startsWith('198.51.100.') ? segments.outside : segments.open;
}
