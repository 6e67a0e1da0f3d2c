import fc from 'fast-check';

/** Something that goes wrong at the n-th call to a node, or what somebody else does right before it. */
export interface Mishap {
  readonly at: number;
  readonly what: 'lost-before' | 'lost-after' | 'died-early' | 'died-late' | 'edit' | 'killed';
  /** Which file is edited. */
  readonly file: number;
}

/** What a history is made of. Numbers choose among what there is then. */
export type Move =
  | {
      readonly move: 'apply' | 'resume' | 'undo';
      readonly who: 0 | 1;
      readonly run: number;
      /** Of resume: whether the operator has the plan's file. */
      readonly withPlan: boolean;
      /** Of undo: one node alone. */
      readonly only: number | undefined;
      /** Hours that this operator's clock goes before the move; it is set back as well. */
      readonly clock: number;
      readonly mishaps: readonly Mishap[];
      /** The line of the journal before which the process dies. */
      readonly diesAt: number | undefined;
    }
  | { readonly move: 'verify'; readonly who: 0 | 1; readonly run: number }
  | { readonly move: 'edit' | 'away' | 'new-machine'; readonly file: number }
  | { readonly move: 'lose-records'; readonly file: number; readonly run: number }
  | { readonly move: 'damage-journal'; readonly who: 0 | 1; readonly run: number; readonly line: number };

export type Work = Extract<Move, { readonly move: 'apply' | 'resume' | 'undo' }>;

const who = fc.constantFrom(0 as const, 1 as const);
const few = fc.nat(5);

const mishap = fc.record({
  at: fc.nat(30),
  what: fc.constantFrom('lost-before', 'lost-after', 'died-early', 'died-late', 'edit', 'killed'),
  file: few,
} as const);

const work = fc.record({
  move: fc.constantFrom('apply', 'resume', 'undo'),
  who,
  run: few,
  withPlan: fc.boolean(),
  only: fc.option(fc.nat(2), { nil: undefined, freq: 4 }),
  clock: fc.integer({ min: -48, max: 48 }),
  mishaps: fc.array(mishap, { maxLength: 3 }),
  diesAt: fc.option(fc.integer({ min: 1, max: 45 }), { nil: undefined, freq: 2 }),
} as const);

const event = fc.oneof(
  fc.record({ move: fc.constantFrom('edit', 'away', 'new-machine'), file: few } as const),
  fc.record({ move: fc.constant('verify'), who, run: few } as const),
  fc.record({ move: fc.constant('lose-records'), file: few, run: few } as const),
  fc.record({ move: fc.constant('damage-journal'), who, run: few, line: fc.nat(20) } as const),
);

/** Two operators, three nodes, and everything that may happen to them. */
export const histories: fc.Arbitrary<readonly Move[]> = fc
  .tuple(work, fc.array(fc.oneof({ arbitrary: work, weight: 3 }, { arbitrary: event, weight: 2 }), { maxLength: 9 }))
  .map(([first, rest]) => [{ ...first, move: 'apply' }, ...rest]);
