import type { Disruption } from '../actions/action.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { TextParams } from '../locales/translator.ts';
import type { BatchSize } from './rollout/batch-size.ts';
import { defaultGateOptions, type GateOptions } from './rollout/gates/gate-options.ts';
import { defaultDrainOptions, type DrainOptions } from './rollout/preflight/drain-options.ts';

/** How a plan is carried out. */
export interface RunOptions {
  /** Nodes of the first, second … batch; the last repeats. */
  readonly batches: readonly BatchSize[];
  /** Whether a batch is of one node group, or of one zone; see `BatchPlan`. */
  readonly within: 'group' | 'zone' | undefined;
  /** Nodes that may be in our hands or out of order at once; without it 1 for what disrupts, else all. */
  readonly maxUnavailable: BatchSize | undefined;
  /** More failed, refused, unreachable and timed-out nodes than this, of all targets together, end the run. */
  readonly maxFailures: number;
  /** Seconds of watching between batches. */
  readonly soakSeconds: number;
  /** Nodes worked on at one time within a batch. */
  readonly concurrency: number;
  /** Disruptions that were named in `--allow`. */
  readonly allow: readonly Disruption[];
  /** Nodes that were named one by one: a control plane is only touched when it is. */
  readonly named: readonly string[];
  /** How nodes that are rebooted are emptied first. */
  readonly drain: DrainOptions;
  /** What has to hold before nodes are begun. */
  readonly gates: GateOptions;
  /** Shown in locks and records: `kim@laptop`. */
  readonly owner: string;
}

export const defaultRunOptions = {
  batches: [{ nodes: 1 }, { percent: 10 }, { percent: 100 }],
  within: undefined,
  maxUnavailable: undefined,
  maxFailures: 0,
  soakSeconds: 3,
  concurrency: 16,
  allow: [],
  named: [],
  drain: defaultDrainOptions,
  gates: defaultGateOptions,
} as const satisfies Omit<RunOptions, 'owner'>;

/** What became of the work on a node. */
export type NodeEnding =
  | 'done'
  /** A step said no or broke. */
  | 'failed'
  /** A precondition did not hold. */
  | 'refused'
  | 'unreachable'
  | 'timed-out'
  /** Ctrl-C. */
  | 'interrupted'
  | 'not-started';

/** What the node is left with: what the run changed, what it found, or nobody knows. */
export type NodeLeft = 'changed' | 'as-before' | 'unknown';

export interface NodeOutcome {
  readonly node: string;
  readonly ending: NodeEnding;
  readonly left: NodeLeft;
  /** In which step it ended, unless it is done or was not started. */
  readonly step?: string;
  readonly code?: ErrorCode;
  readonly params?: TextParams;
  /** English, one line; what the step said. */
  readonly detail?: string;
  /** What else went wrong or is left, whose English words the detail has too: an undo that failed, a node that stays out of service. */
  readonly also?: readonly Trouble[];
  readonly diff?: string;
}

export interface Trouble {
  readonly code: ErrorCode;
  readonly params: TextParams;
}

/** What became of the work on an object of the API. */
export interface ObjectOutcome extends Omit<NodeOutcome, 'node' | 'ending'> {
  /** `team/Deployment/web`. */
  readonly object: string;
  /** Id of the action. */
  readonly action: string;
  /** `taken-back`: it had been changed, and something else of the run failed. */
  readonly ending: NodeEnding | 'taken-back';
}

export type RunVerdict = 'done' | 'partly' | 'stopped-and-restored' | 'refused';

export interface RunResult {
  readonly run: string;
  readonly kind: RunKind;
  readonly verdict: RunVerdict;
  /** Design section 5: 0 done · 6 partly · 7 stopped and restored · 8 refused. */
  readonly exitCode: 0 | 6 | 7 | 8;
  /** Ctrl-C ended it; the command's own exit code is 130 then. */
  readonly interrupted: boolean;
  /** One for each node of the run, sorted by name. */
  readonly nodes: readonly NodeOutcome[];
  /** One for each action on an object of the API, in the plan's order; absent where the run has none. */
  readonly objects?: readonly ObjectOutcome[];
  /** Nodes that are still locked by the run: their state is unknown, or they could not be reached to let them go. */
  readonly locked: readonly string[];
  /** Why the run ended before its last batch. */
  readonly stopped?: StopReason;
}

export type RunKind = 'apply' | 'resume' | 'undo';

export type StopReason =
  | { readonly why: 'failures'; readonly failures: number; readonly max: number }
  /**
   * What had been changed of the cluster's objects was undone; without an object it had failed in an earlier
   * process.
   */
  | { readonly why: 'object'; readonly object?: string }
  | { readonly why: 'interrupted' }
  /** Something keeps the next nodes from being begun; the run can be resumed when it is over. */
  | { readonly why: 'gate'; readonly code: ErrorCode; readonly params: TextParams }
  | { readonly why: 'error'; readonly code: ErrorCode; readonly params: TextParams };

/** Where a step is taken: on a node, or on an object of the API. */
export type StepPlace = {
  readonly step: string;
  /** Id of the action; absent for steps of the node itself, such as its lock. */
  readonly action?: string;
} & ({ readonly node: string; readonly object?: never } | { readonly object: string; readonly node?: never });

/** A pod that is still to be evicted, or whose end is waited for. */
export interface PodLeft {
  /** `namespace/name`. */
  readonly pod: string;
  /** What the server said last of its eviction: its budget, or nothing yet. */
  readonly said: string;
}

/** What happens in a run, as it happens; for rendering. */
export type RunEvent =
  | {
      readonly event: 'started';
      readonly run: string;
      readonly kind: RunKind;
      readonly nodes: readonly string[];
      readonly objects: number;
    }
  | { readonly event: 'lease-taken'; readonly lease: string; readonly from?: string }
  | { readonly event: 'batches'; readonly batches: readonly (readonly string[])[] }
  | { readonly event: 'batch'; readonly index: number; readonly of: number; readonly nodes: readonly string[] }
  | ({ readonly event: 'step' } & StepPlace)
  | ({
      readonly event: 'step-ended';
      readonly outcome: 'done' | 'already' | 'rejected' | 'refused' | 'failed';
      readonly detail: string;
      /** Where what the step said has a code. */
      readonly error?: { readonly code: ErrorCode; readonly params: TextParams };
    } & StepPlace)
  /** How much of what an action brings to a node is there, bytes; told each second, and when all of it is. */
  | {
      readonly event: 'transfer';
      readonly node: string;
      readonly action: string;
      readonly bytes: number;
      readonly of: number;
      /** Of the last ten seconds; 0 where nothing came in them. */
      readonly bytesPerSecond: number;
    }
  /** A drain waits for these pods; told when they, or what the server says of them, are others than before. */
  | { readonly event: 'pods-left'; readonly node: string; readonly count: number; readonly pods: readonly PodLeft[] }
  /** From here on objects of the API are changed, one by one. */
  | { readonly event: 'objects'; readonly count: number }
  | { readonly event: 'object-ended'; readonly outcome: ObjectOutcome }
  | { readonly event: 'node-ended'; readonly outcome: NodeOutcome }
  | { readonly event: 'soak'; readonly seconds: number }
  /** A node that was done left the cluster, or another machine has its name; the run goes on. */
  | { readonly event: 'node-departed'; readonly node: string; readonly replaced: boolean }
  /** What keeps these nodes from being begun, English, is waited for at most that long. */
  | {
      readonly event: 'waiting';
      readonly nodes: readonly string[];
      readonly what: string;
      /** The same as sentences (`what.0` …), for readers of other languages. */
      readonly params: TextParams;
      readonly seconds: number;
    }
  /** The cluster cannot be asked how its nodes are; the run waits at most that long for it. */
  | { readonly event: 'api-away'; readonly seconds: number; readonly code: ErrorCode; readonly params: TextParams }
  /** The lease could not be given back: another run has to see it unchanged for `seconds`. */
  | {
      readonly event: 'lease-kept';
      readonly lease: string;
      readonly seconds: number;
      readonly code: ErrorCode;
      readonly params: TextParams;
    }
  | { readonly event: 'stopping'; readonly reason: StopReason }
  | { readonly event: 'ended'; readonly result: RunResult };
