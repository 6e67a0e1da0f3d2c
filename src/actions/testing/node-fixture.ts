import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import type { Shell } from '../../../test/chroot/tool-root.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { LockRequest } from '../node-state/node-lock.ts';
import type { ActionBase, ActionContext, ActionKind } from '../action.ts';

/** What the contract of kinds of action on nodes (`node-contract.ts`) needs to know of one of them. */
export interface NodeFixture<Spec extends ActionBase, Stored extends ActionBase, Node extends ChrootNode = ChrootNode> {
  readonly kind: ActionKind<Spec, Stored>;
  readonly makeNode: (shell: Shell) => Node;
  /** Of those whose life is tried; all without it. It is killed under dash. */
  readonly shells?: readonly Shell[];
  readonly testCases: Readonly<Record<string, NodeTestCase<Spec, Node>>>;
  readonly context?: Partial<ActionContext>;
  readonly lock?: Partial<LockRequest>;
}

export interface NodeTestCase<Spec extends ActionBase, Node extends ChrootNode = ChrootNode> {
  /** Puts the node into the state before, whatever it is in. @returns what a plan would say then */
  readonly before: (node: Node) => Spec;
  /** All of what the action is about, and of what lies beside it: a forgotten temporary file is seen. */
  readonly seen: (node: Node) => string;
  /** What is seen when it is applied: from what was seen before, and from the preview alone. */
  readonly previewed: (preview: string, before: string) => string;
  /** It is killed around every n-th program that its scripts start: 1 is all of them, and takes minutes. */
  readonly killedEvery: number;
  /** What is seen when it is undone; the state before, to the byte, without it. */
  readonly undone?: (preview: string, before: string) => string;
  /** Somebody else changes what it is about: since the plan, or since the run. */
  readonly edit: (node: Node, since: 'plan' | 'run') => void;
  /** What the first step, and the undo, say then. */
  readonly edited: { readonly plan: string; readonly run: string };
  /**
   * What a step ends with when nobody knows whether what it asked for was heard, and will not ask again; and what a
   * person does then, to go on.
   */
  readonly byHand?: { readonly codes: readonly ErrorCode[]; readonly act: (node: Node) => Promise<void> };
  /** The same of a run that was killed on the way; what `previewed` and `undone` say without it. */
  readonly ends?: {
    readonly applied: (seen: string, then: Earlier) => boolean;
    readonly undone: (seen: string, then: Earlier) => boolean;
  };
}

/** What was seen before the run, and when its process was dead. */
export interface Earlier {
  readonly before: string;
  readonly cut: string;
}

export function plainNode(shell: Shell): ChrootNode {
  return new ChrootNode('worker-1', shell);
}
