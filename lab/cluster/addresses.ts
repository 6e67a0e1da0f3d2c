/**
 * Each lab has one network of the machine's loopback, 127.SLOT.0.0/16, for itself: 127.SLOT.0.1 is its API server,
 * nodes are counted from 127.SLOT.1.1. Inside the lab the same numbers hang below 10.77.
 */
export const firstSlot = 77;
export const lastSlot = 126;

const nodesPerBlock = 250;
export const mostNodes = 1000;

export function apiAddress(slot: number): string {
  return `127.${slot}.0.1`;
}

export function labAddress(slot: number, index: number): string {
  return `127.${slot}.${hostPart(index)}`;
}

export function networkAddress(index: number): string {
  return `10.77.${hostPart(index)}`;
}

/** The lab's bridge, and every node's gateway. */
export const bridgeAddress = '10.77.0.1';
export const networkPrefix = 16;

function hostPart(index: number): string {
  return `${1 + Math.floor(index / nodesPerBlock)}.${1 + (index % nodesPerBlock)}`;
}
