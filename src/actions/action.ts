import type { NodeConnection } from '../transport/transport.ts';
import type { TextParams } from '../locales/translator.ts';

/**
 * An action is one kind of change: previewed, applied, verified and undone the same way whatever problem asked for it. Its
 * specification is part of the plan, plain JSON, and says all that an undo needs to know.
 */
export type ActionSpec = FileAction;

interface ActionBase {
  /** Unique in the plan and stable: `file:<node>:<path>`. */
  readonly id: string;
  readonly problem: string;
  readonly node: string;
  /** Fingerprints of the findings it cures. */
  readonly cures: readonly string[];
  /** Why, as a key in the problem's texts. */
  readonly why: { readonly key: string; readonly params: TextParams };
  /** Named in `--allow` before it happens; absent when it disturbs nothing. */
  readonly disrupts?: 'reboot' | 'restart';
}

/** A regular file owned by root, as it is or as it should be. */
export interface FileState {
  readonly content: string;
  /** SHA-256 of the content's UTF-8 bytes, hex. */
  readonly sha256: string;
  /** Octal, four digits: `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

/** Puts one file into a wanted state, or removes it. */
export interface FileAction extends ActionBase {
  readonly kind: 'file';
  /** Absolute; its folder exists. */
  readonly path: string;
  /** What the plan was made from; `absent` when there was no such file. Apply refuses anything else. */
  readonly from: FileState | 'absent';
  readonly to: FileState | 'absent';
  /** Checks run against the new content before it takes the old one's place. */
  readonly validate: readonly CheckReference[];
  /** Checks run after it did. */
  readonly verify: readonly CheckReference[];
}

export interface CheckReference {
  /** `<problem>/<check>`, looked up in the problem's `checks`. */
  readonly check: string;
  /** Positional arguments of the check's script; data, never spliced into shell text. */
  readonly args: readonly string[];
}

/**
 * A program of a problem that is run on a node around a change. A validating check is called with `"$1"` = path of the staged
 * file and `"$2"` = path it will take, then the reference's own arguments; a verifying one with the arguments alone.
 */
export interface NodeCheck {
  readonly script: string;
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
  | { readonly ok: false; readonly saw: string };

/** What an action kind is given to work with. */
export interface ActionContext {
  readonly connection: NodeConnection;
  /** Id of the run, `[a-z0-9-]+`; names the node-side folder `/var/lib/nodemend/runs/<run>/`. */
  readonly run: string;
  readonly check: (reference: CheckReference) => NodeCheck;
  readonly signal: AbortSignal;
}

/** A named step of an action. The engine journals before and after each; the names are stable and documented. */
export interface ActionStep {
  readonly name: string;
  readonly perform: (context: ActionContext) => Promise<StepResult>;
}

export type StepResult =
  | { readonly outcome: 'done'; readonly detail: string }
  /** The world was already as the step would make it: nothing was changed. */
  | { readonly outcome: 'already'; readonly detail: string }
  /** A validation or verification said no; the engine stops and restores. */
  | { readonly outcome: 'rejected'; readonly detail: string }
  /** A precondition does not hold (the file was edited since); nothing was changed, `diff` shows how. */
  | { readonly outcome: 'refused'; readonly detail: string; readonly diff?: string };

/** What was found on a node for an action whose journal ends in the middle. */
export type ActionState = 'untouched' | 'staged' | 'applied' | 'undone' | 'moved';

export interface ActionKind<Spec extends ActionSpec> {
  readonly kind: Spec['kind'];
  /** A unified diff, or the words that stand for one. Pure. */
  readonly preview: (spec: Spec) => string;
  readonly apply: (spec: Spec) => readonly ActionStep[];
  /** Runs the verifying checks alone (`nodemend verify`). */
  readonly verify: (spec: Spec) => readonly ActionStep[];
  readonly undo: (spec: Spec) => readonly ActionStep[];
  /** Reads the node and says how far a killed run got. */
  readonly inspect: (spec: Spec, context: ActionContext) => Promise<ActionState>;
}
