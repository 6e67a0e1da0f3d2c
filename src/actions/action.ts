import type { z } from 'zod';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { Sentence } from '../errors/sentences.ts';
import type { Timing } from '../kubernetes/timing.ts';
import type { NodeConnection } from '../transport/transport.ts';
import type { Language } from '../locales/language.ts';
import type { TextParams, TextTree } from '../locales/translator.ts';
import type { Archives } from './image/archives.ts';
import type { HiddenLines } from './hidden-lines.ts';

/**
 * What has to be named in `--allow` before it happens. `discard`: lines of logs are lost for good; `deny`: the cluster
 * refuses what it took before.
 */
export const disruptions = ['reboot', 'restart', 'discard', 'deny'] as const;

export type Disruption = (typeof disruptions)[number];

/**
 * An action is one kind of change: previewed, applied, verified and undone the same way whatever problem asked for it.
 * Its specification is part of the plan, plain JSON, and says all that an undo needs to know. What of it is its kind's
 * own stands in the kind's folder.
 */
export interface ActionBase {
  readonly kind: string;
  /** Unique in the plan and stable: `file:<node>:<path>`, `service:<node>:<unit>`, `log-space:<node>:<path>`. */
  readonly id: string;
  readonly problem: string;
  readonly node: string;
  /** Fingerprints of the findings it cures. */
  readonly cures: readonly string[];
  /** Why, as a key in the problem's texts. */
  readonly why: { readonly key: string; readonly params: TextParams };
  /** Named in `--allow` before it happens; absent when it disturbs nothing. Each kind says what it can be. */
  readonly disrupts?: Disruption;
}

export interface CheckReference {
  /** `<problem>/<check>`, looked up in the problem's `checks`. */
  readonly check: string;
  /** Positional arguments of the check's script; data, never spliced into shell text. */
  readonly args: readonly string[];
}

/**
 * A program of a problem that is run on a node around a change. A validating check is called with `"$1"` = path of the
 * staged file (empty when the file is to be removed) and `"$2"` = path it will take, then the reference's own
 * arguments; a verifying one with the arguments alone.
 */
export interface NodeCheck {
  readonly script: string;
  /**
   * Whether the script may be given these arguments of a reference. They come out of a plan or a record, which somebody
   * else may have written, and reach a program that root runs: each check says itself what they can be. Pure.
   */
  readonly admits: (args: readonly string[]) => boolean;
  /** Pure: reads what the script printed, because exit codes of the field's tools do not tell (logrotate). */
  readonly judge: (output: CheckOutput) => CheckVerdict;
}

export interface CheckOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type CheckVerdict =
  | { readonly ok: true; readonly saw: string }
  /** `saw` is English or the words of a program; `said` the same for readers of other languages, where the words are ours. */
  | { readonly ok: false; readonly saw: string; readonly said?: Sentence };

/** Masks the secrets in a text of a node (`evidence/redact.ts`). */
export type Redact = (text: string) => string;

/** What an action kind is given to work with. */
export interface ActionContext {
  readonly connection: NodeConnection;
  /**
   * Opens another connection, which takes the place of this one for the rest of the node's work: a reboot ends every
   * connection. @throws NodemendError what the transport throws while the node cannot be reached.
   */
  readonly reconnect: () => Promise<NodeConnection>;
  /** Id of the run, `[a-z0-9-]+`; names the node-side folder `/var/lib/nodemend/runs/<run>/`. */
  readonly run: string;
  /** Which process of the run this is, hex; the node's lock names it, so that a run that was taken over stops. */
  readonly session: string;
  /** What the node-side record says beside the action itself. */
  readonly record: RecordHeader;
  readonly check: (reference: CheckReference) => NodeCheck;
  readonly redact: Redact;
  /** Where archives of images come from; absent where nothing is brought to nodes. */
  readonly archives?: Archives;
  /** Tells how much of what a step brings is there, bytes. */
  readonly progress?: (bytes: number, of: number) => void;
  /** The clock by which something is waited for. */
  readonly timing: Timing;
  /** What this run was given beside its plan, by id of the action: no plan and no record holds it. */
  readonly secret: (action: string) => string | undefined;
  /** Ctrl-C: a check that only validates may be cut short; nothing that changes is. */
  readonly signal: AbortSignal;
}

export interface RecordHeader {
  /** Who started the run, `user@host`. */
  readonly owner: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Hash of the plan. */
  readonly plan: string;
  /** How many nodes the plan changes: a record alone shows what is not known from it. */
  readonly nodes: number;
  /**
   * How many of the plan's actions are this node's, for the same reason; absent in what 0.1 wrote, and nobody knows
   * then.
   */
  readonly actions?: number | undefined;
  readonly machineId: string;
  /** Place of the action in the plan; undo goes backwards. */
  readonly order: number;
}

/** A named step of an action. The engine journals before and after each; the names are stable and documented. */
export interface ActionStep {
  readonly name: string;
  /**
   * True for the step after which the change is in force: an interrupted run is finished from here on, and undone
   * before.
   */
  readonly commits?: boolean;
  /** From one step that `begins` it to the one that `ends` it the node is going down, is down, or on its way up. */
  readonly downtime?: 'begins' | 'ends';
  readonly perform: (context: ActionContext) => Promise<StepResult>;
}

/** What an undo cannot end by itself, and a reboot of the node does. */
export interface UntilReboot {
  readonly code: ErrorCode;
  readonly params: TextParams;
}

/** What a `pause` left for later, or an undo because it cannot be put back, in the words of its code. */
export interface Kept {
  readonly code: ErrorCode;
  readonly params: TextParams;
  /** The code's English words. */
  readonly detail: string;
}

export type StepResult =
  | { readonly outcome: 'done'; readonly detail: string; readonly untilReboot?: UntilReboot; readonly kept?: Kept }
  /** The world was already as the step would make it: nothing was changed. */
  | { readonly outcome: 'already'; readonly detail: string; readonly untilReboot?: UntilReboot }
  /** A validation or verification said no; the engine stops and restores. */
  | {
      readonly outcome: 'rejected';
      readonly code: ErrorCode;
      readonly params: TextParams;
      /** The code's English words. */
      readonly detail: string;
    }
  /** A precondition does not hold (the file was edited since); nothing was changed, `diff` shows how. */
  | {
      readonly outcome: 'refused';
      readonly code: ErrorCode;
      readonly params: TextParams;
      /** The code's English words. */
      readonly detail: string;
      readonly diff?: string;
    };

/** What was found on a node for an action whose journal ends in the middle. */
export type ActionState = 'untouched' | 'staged' | 'applied' | 'undone' | 'moved';

/** How a node's record holds an action: without contents, and whatever else only its apply needs. */
export interface StoredForm<Spec extends ActionBase, Stored extends ActionBase> {
  readonly schema: z.ZodType<Stored>;
  readonly of: (spec: Spec) => Stored;
  /**
   * What can be applied again, given the wanted content that lies beside the record; undefined where that is missing.
   */
  readonly whole: (stored: Stored, after: string | undefined) => Spec | undefined;
}

/** What an action holds of files' contents. */
export interface Contents<Spec extends ActionBase> {
  /** Files of the node that it writes: a problem says in which places it may. */
  readonly writes: (spec: Spec) => readonly string[];
  /** How much of the change its preview does not show. */
  readonly hidden: (spec: Spec, redact: Redact) => HiddenLines;
  /** As it is kept beside a journal: files of nodes may hold what only their root should read. */
  readonly withoutPrior: (spec: Spec) => Spec;
  /** Whether each content is the one that its hash says. */
  readonly isTrue: (spec: Spec) => boolean;
}

export interface Told {
  readonly key: string;
  readonly params: TextParams;
}

export interface ActionKind<Spec extends ActionBase, Stored extends ActionBase> {
  readonly kind: Spec['kind'];
  readonly on: 'node';
  /** What such an action has to look like in a plan file. */
  readonly schema: z.ZodType<Spec>;
  readonly stored: StoredForm<Spec, Stored>;
  readonly contents: Contents<Spec>;
  /**
   * A unified diff, or the words that stand for one. Contents go through `redact` whole, before they are compared.
   * Pure.
   */
  readonly preview: (spec: Spec, redact: Redact) => string;
  /** The steps of one attempt, in order; they share what the first ones found, so a list is carried out once. */
  readonly apply: (spec: Spec) => readonly ActionStep[];
  /** Runs the verifying checks alone (`nodemend verify`). */
  readonly verify: (spec: Stored) => readonly ActionStep[];
  readonly undo: (spec: Stored) => readonly ActionStep[];
  /**
   * What takes the place of undo where a run stops before the change is in force, by Ctrl-C or because the node went away:
   * what has come is kept, so that a resume, or the next run, brings only the rest. One step, `pause`; absent where nothing
   * is worth keeping.
   */
  readonly pause?: (spec: Stored) => readonly ActionStep[];
  /** Reads the node and says how far a killed run got. */
  readonly inspect: (spec: Stored, context: ActionContext) => Promise<ActionState>;
  /** Where the change stands on the node, for the record and for people: a file's path, a unit's name. */
  readonly subject: (spec: Stored) => string;
  /** Every check that it will ask for. */
  readonly checks: (spec: Stored) => readonly CheckReference[];
  /**
   * What two actions may not both be about on one node, whatever their kinds: `path:/etc/x`, `unit:docker.service`.
   * They would undo each other's preconditions.
   */
  readonly conflictKeys: (spec: Spec) => readonly string[];
  /** What reaches the node, without what binds it to that node as it was: nodes with the same are shown as one. */
  readonly carriedOut: (spec: Spec) => unknown;
  /** systemd units that start again, or read their files again. */
  readonly units: (spec: Spec) => readonly string[];
  /** Names of the steps that leave a record, and of those after which the change is in force. */
  readonly steps: { readonly recording: readonly string[]; readonly committing: readonly string[] };
  /** Its own words, in every language: `change.<word>`, `undo.<word>`, `step.<name>`. */
  readonly texts: Readonly<Record<Language, TextTree>>;
  /** Which of them say in one word what becomes of the subject, and in one sentence how it is undone. */
  readonly words: (spec: Spec) => { readonly change: string; readonly undo: string };
  /** Whatever else somebody has to know before they approve it: keys of its own words, with their parameters. */
  readonly tells?: (spec: Spec) => readonly Told[];
  /** What undoing it disturbs, however little its apply did; absent for what disturbs nothing. */
  readonly undoDisrupts?: (spec: Stored) => Disruption | undefined;
  /** Undone after all other kinds, because it only puts into force what they have put back. */
  readonly undoneLast: boolean;
}
