import type { JournalEntry } from '../../src/engine/journal/entry.ts';

/** Milliseconds since 1970, by the node's name. */
export type ReadyAgain = ReadonlyMap<string, number>;

interface NodeSeconds {
  /** Its lock, and from its preflight to its outcome: all nodes are locked before the first one's turn. */
  readonly whole: number;
  readonly drain: number;
  /** From the order to reboot until somebody else saw the node Ready again. */
  readonly boot: number;
}

/** Of the nodes that were rebooted, by the times in the journal. */
export function secondsByNode(journal: readonly JournalEntry[], ready: ReadyAgain): ReadonlyMap<string, NodeSeconds> {
  const outcomes = journal.flatMap((entry) => (entry.entry === 'node' ? [{ ...entry.outcome, at: entry.at }] : []));
  return new Map(
    outcomes.flatMap(({ node, ending, at }): readonly (readonly [string, NodeSeconds])[] => {
      const readyAt = ready.get(node);
      const times = (entry: 'before' | 'after', step?: string): readonly number[] =>
        journal.flatMap((one) =>
          one.entry === entry && one.node === node && (step === undefined || one.step === step)
            ? [Date.parse(one.at)]
            : [],
        );
      const [began] = times('before', 'preflight');
      const [ordered] = times('after', 'reboot');
      if (ending !== 'done' || readyAt === undefined || began === undefined || ordered === undefined) return [];
      const taken = (step: string): number =>
        times('after', step)
          .map((end, index) => end - (times('before', step)[index] ?? end))
          .reduce((sum, one) => sum + one, 0);
      const seconds = {
        whole: (taken('lock') + Date.parse(at) - began) / 1000,
        drain: taken('drain') / 1000,
        boot: (readyAt - ordered) / 1000,
      };
      return [[node, seconds]];
    }),
  );
}
