import fc from 'fast-check';
import type { ApiFault } from './api.ts';
import type { Hand, Layout } from './cluster.ts';
import type { Rebooted } from './machine.ts';
import type { Workload } from './workloads.ts';

/** What goes wrong at the n-th request to the API server. */
export interface ApiMishap {
  readonly at: 'api';
  readonly call: number;
  readonly what: ApiFault | 'killed-before' | 'killed-after' | Hand;
  readonly node: number;
}

/** What goes wrong at the n-th script on a node; `died` ends the script in its middle, `killed` nodemend. */
export interface NodeMishap {
  readonly at: 'script';
  readonly call: number;
  readonly what: 'lost-before' | 'lost-after' | 'died-early' | 'died-late' | 'killed';
}

/** The process dies before a line of its journal, or right after it. */
export interface LineMishap {
  readonly at: 'line';
  readonly call: number;
  readonly what: 'killed-before' | 'killed-after';
}

/** What happens so many seconds after a command was begun. */
export type Happening = { readonly after: number } & (
  | { readonly what: 'killed' | 'interrupted' }
  /** The operator's wall clock is set. */
  | { readonly what: 'clock'; readonly hours: number }
  | { readonly what: 'api-away'; readonly seconds: number }
  | { readonly what: 'unreachable' | 'crashes'; readonly node: number; readonly seconds: number }
  | { readonly what: 'vanishes' | 'replaced' | 'cordon' | 'uncordon'; readonly node: number }
  /** A budget lets nothing go; for ever where it is not said for how long. */
  | { readonly what: 'budget'; readonly workload: number; readonly seconds: number | undefined }
);

export type Mishap = ApiMishap | NodeMishap | LineMishap;

/** One command of one operator, and what happens meanwhile. Numbers choose among what there is then. */
export interface Move {
  readonly verb: 'apply' | 'resume' | 'undo';
  readonly who: 0 | 1;
  readonly run: number;
  /** Of resume and undo: whether the operator has the plan's file. */
  readonly withPlan: boolean;
  /** Seconds before it is typed. */
  readonly pause: number;
  readonly mishaps: readonly Mishap[];
  readonly happenings: readonly Happening[];
}

export interface History {
  readonly layout: Layout;
  readonly maxUnavailable: number;
  readonly maxFailures: number;
  /** How machines come up, one reboot after the other, again from the first. */
  readonly boots: readonly Rebooted[];
  /** Whether the nodes are rebooted for an argument of the kernel, which a file of theirs brings, and which an undo takes away. */
  readonly forArgument: boolean;
  /** How much longer than asked a process sleeps: a busy machine, and what keeps long waits short. */
  readonly pace: number;
  readonly moves: readonly Move[];
  /** How it is set right in the end. */
  readonly ends: 'resume' | 'undo';
}

const node = fc.nat(4);
const soon = fc.oneof({ arbitrary: fc.nat(90), weight: 3 }, { arbitrary: fc.nat(2_000), weight: 1 });
const call = fc.oneof({ arbitrary: fc.nat(60), weight: 3 }, { arbitrary: fc.nat(300), weight: 1 });

const workload: fc.Arbitrary<Omit<Workload, 'name'>> = fc
  .record({
    replicas: fc.integer({ min: 1, max: 3 }),
    spare: fc.option(fc.nat(2), { nil: undefined }),
    graceSeconds: fc.oneof(fc.nat(5), fc.constantFrom(30, 120, 1_200)),
    startSeconds: fc.constantFrom(1, 5, 60, 900),
  })
  .map(({ spare, ...rest }) => ({
    ...rest,
    minAvailable: spare === undefined ? undefined : Math.max(0, rest.replicas - spare),
  }));

const layout: fc.Arbitrary<Layout> = fc
  .record({
    nodes: fc.integer({ min: 2, max: 4 }),
    workloads: fc.array(workload, { minLength: 1, maxLength: 2 }),
    others: fc.oneof(
      { arbitrary: fc.constant([]), weight: 3 },
      {
        arbitrary: fc.array(fc.record({ node, what: fc.constantFrom('cordon', 'exclusion', 'scale-in') } as const), {
          maxLength: 2,
        }),
        weight: 1,
      },
    ),
    volume: fc.option(
      fc.record({ node, seconds: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined, freq: 3 }) }),
      { nil: undefined, freq: 1 },
    ),
  })
  .map(({ workloads, volume, ...rest }) => ({
    ...rest,
    volume,
    workloads: workloads.map((one, index) => ({ ...one, name: `web${index}` })),
  }));

const boot: fc.Arbitrary<Rebooted> = fc.oneof(
  {
    arbitrary: fc.record({
      seconds: fc.constantFrom(5, 30, 60, 150, 500, 1_500),
      comes: fc.oneof(
        { arbitrary: fc.constant('back' as const), weight: 12 },
        { arbitrary: fc.constantFrom('never' as const, 'mute' as const, 'sick' as const), weight: 1 },
      ),
    }),
    weight: 20,
  },
  { arbitrary: fc.constant('refused' as const), weight: 1 },
);

const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  fc.record({
    at: fc.constant('api'),
    call,
    what: fc.constantFrom(
      ...(['lost-before', 'lost-after', 'refused', 'error', 'throttled', 'killed-before', 'killed-after'] as const),
      ...(['cordon', 'uncordon', 'beat', 'exclusion', 'scale-in'] as const),
    ),
    node,
  } as const),
  fc.record({
    at: fc.constant('script'),
    call: fc.nat(40),
    what: fc.constantFrom('lost-before', 'lost-after', 'died-early', 'died-late', 'killed'),
  } as const),
  fc.record({
    at: fc.constant('line'),
    call: fc.integer({ min: 1, max: 60 }),
    what: fc.constantFrom('killed-before', 'killed-after'),
  } as const),
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ after: soon, what: fc.constantFrom('killed', 'interrupted') } as const),
  fc.record({ after: soon, what: fc.constant('clock'), hours: fc.integer({ min: -48, max: 48 }) } as const),
  fc.record({ after: soon, what: fc.constant('api-away'), seconds: fc.nat(900) } as const),
  fc.record({
    after: soon,
    what: fc.constantFrom('unreachable', 'crashes'),
    node,
    seconds: fc.integer({ min: 1, max: 900 }),
  } as const),
  fc.record({ after: soon, what: fc.constantFrom('vanishes', 'replaced', 'cordon', 'uncordon'), node } as const),
  fc.record({
    after: soon,
    what: fc.constant('budget'),
    workload: fc.nat(1),
    seconds: fc.option(fc.integer({ min: 1, max: 900 }), { nil: undefined, freq: 3 }),
  } as const),
);

const move: fc.Arbitrary<Move> = fc.record({
  verb: fc.constantFrom('apply', 'resume', 'resume', 'undo'),
  who: fc.constantFrom(0 as const, 0 as const, 1 as const),
  run: fc.nat(2),
  withPlan: fc.boolean(),
  pause: fc.oneof(fc.nat(60), fc.constantFrom(600, 2_400)),
  mishaps: fc.array(mishap, { maxLength: 2 }),
  happenings: fc.array(happening, { maxLength: 2 }),
} as const);

/** Two operators, a few nodes with their pods, and everything that may happen between them. */
export function histories(forArgument: fc.Arbitrary<boolean>): fc.Arbitrary<History> {
  return fc
    .record({
      layout,
      maxUnavailable: fc.constantFrom(1, 1, 2),
      maxFailures: fc.constantFrom(0, 0, 1),
      boots: fc.array(boot, { minLength: 1, maxLength: 3 }),
      forArgument,
      pace: fc.constantFrom(2, 6, 12, 25),
      first: move,
      rest: fc.array(move, { maxLength: 2 }),
      ends: fc.constantFrom('resume', 'undo'),
    } as const)
    .map(({ first, rest, ...history }) => ({ ...history, moves: [{ ...first, verb: 'apply' }, ...rest] }));
}
