import { NodemendError } from '../../errors/nodemend-error.ts';

/** A number of nodes, or a share of all targets. */
export type BatchSize = { readonly nodes: number } | { readonly percent: number };

/** How many of `total` a size means: at least one, at most all; a share is rounded down, as maxUnavailable is. */
export function nodesOf(size: BatchSize, total: number): number {
  const wanted = 'nodes' in size ? size.nodes : Math.floor((total * size.percent) / 100);
  return Math.min(Math.max(wanted, 1), Math.max(total, 1));
}

/** @throws NodemendError BATCH_SIZE_INVALID. Reads `3` and `10%`. */
export function parseBatchSize(text: string): BatchSize {
  const [, digits, sign] = /^(\d{1,6})(%?)$/u.exec(text.trim()) ?? [];
  const number = Number(digits);
  if (digits === undefined || number < 1 || (sign === '%' && number > 100))
    throw new NodemendError('BATCH_SIZE_INVALID', { text });
  return sign === '%' ? { percent: number } : { nodes: number };
}

/** Reads a list of sizes: `1,10%,100%`. @throws NodemendError BATCH_SIZE_INVALID. */
export function parseBatchSizes(text: string): readonly BatchSize[] {
  return text.split(',').map(parseBatchSize);
}

export function batchSizeText(size: BatchSize): string {
  return 'nodes' in size ? String(size.nodes) : `${size.percent}%`;
}
