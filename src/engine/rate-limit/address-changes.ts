import { compareNames } from '../compare-names.ts';
import type { AskedQuota } from './quota.ts';

/** What became of the address of a node since an earlier answer. */
export interface AddressChange {
  readonly node: string;
  readonly before: string | undefined;
  readonly now: string | undefined;
  /**
   * `shared`: it is the same as before, and other nodes leave by it as well. `own`: it is the same, and nobody else's.
   * `unknown`: one of the two could not be asked, or the registry did not say.
   */
  readonly state: 'changed' | 'shared' | 'own' | 'unknown';
}

/** Addresses by node, as an earlier answer has them; a node that could not be asked then is undefined. */
export type EarlierAddresses = ReadonlyMap<string, string | undefined>;

/** Nodes that were not asked then are left out: there is nothing to hold them against. */
export function addressChanges(earlier: EarlierAddresses, asked: readonly AskedQuota[]): readonly AddressChange[] {
  const now = new Map(
    asked.flatMap(({ node, quota }) =>
      node === undefined ? [] : [[node, quota.state === 'counted' ? quota.rate.source : undefined] as const],
    ),
  );
  const sharers = Map.groupBy(now, ([, address]) => address);
  return [...now]
    .filter(([node]) => earlier.has(node))
    .map(([node, address]): AddressChange => {
      const before = earlier.get(node);
      const known = { node, before, now: address };
      if (before === undefined || address === undefined) return { ...known, state: 'unknown' };
      if (before !== address) return { ...known, state: 'changed' };
      return { ...known, state: (sharers.get(address)?.length ?? 0) > 1 ? 'shared' : 'own' };
    })
    .toSorted((a, b) => compareNames(a.node, b.node));
}
