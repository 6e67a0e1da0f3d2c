import type { StepResult } from '../../actions/action.ts';
import { catalogue, type ErrorCode } from '../../errors/catalogue.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { NodeEnding, NodeLeft, NodeOutcome, Trouble } from '../run.ts';
import { redactParams, redactWords } from './redact-result.ts';

/** Why work on a node ended, without what it was left with. */
export type NodeFault = Omit<NodeOutcome, 'node' | 'left'>;

export function outcomeOf(node: string, left: NodeLeft, fault: NodeFault): NodeOutcome {
  return { node, left, ...fault };
}

/** A step that said no. */
export function faultOfResult(
  step: string,
  result: Extract<StepResult, { outcome: 'rejected' | 'refused' }>,
): NodeFault {
  if (result.outcome === 'rejected') {
    const { outcome: _, ...said } = result;
    return { ending: 'failed', step, ...said };
  }
  const { code, params, detail, diff } = result;
  return { ending: 'refused', step, code, params, detail, ...(diff === undefined ? {} : { diff }) };
}

/** A step that threw. */
export function faultOfError(step: string, error: unknown): NodeFault {
  const detail = redactWords(error instanceof Error ? error.message : String(error));
  if (!isNodemendError(error)) return { ending: 'failed', step, detail };
  return { ending: endingOf(error.code), step, code: error.code, params: redactParams(error.params), detail };
}

/** What went wrong after something else had; nothing where it has no code. */
export function alsoOf(
  before: readonly Trouble[] | undefined,
  { code, params }: { readonly code?: ErrorCode; readonly params?: TextParams },
): Pick<NodeOutcome, 'also'> {
  return code === undefined ? {} : { also: [...(before ?? []), { code, params: params ?? {} }] };
}

/** Failed, unreachable and timed out count alike; people want them apart. */
function endingOf(code: ErrorCode): NodeEnding {
  if (isAwayCode(code)) return code.endsWith('TIMED_OUT') ? 'timed-out' : 'unreachable';
  return catalogue[code].exit === 8 ? 'refused' : 'failed';
}

const unreachable: ReadonlySet<string> = new Set([
  'LOGIN_SHELL_FAILED',
  'POD_CONNECTION_LOST',
  'POD_NODE_NOT_READY',
] satisfies ErrorCode[]);

/** The code of a node that could not be reached any more, or took nothing. Of a journal it may be another release's. */
export function isAwayCode(code: string): boolean {
  return code.endsWith('TIMED_OUT') || code.startsWith('SSH_') || unreachable.has(code);
}

/**
 * Whether another connection may do better: the first one was lost, or a command on it never came back. A node that was
 * waited for over ever new ones did not come back.
 */
export function isConnectionFault(error: unknown): boolean {
  return isNodemendError(error) && error.code !== 'REBOOT_TIMED_OUT' && isAwayCode(error.code);
}
