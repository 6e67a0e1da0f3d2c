import type { ErrorCode } from '../../errors/catalogue.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { StepResult } from '../action.ts';
import { valueOf, type Reply } from './reply.ts';

type Refused = Extract<StepResult, { outcome: 'refused' }>;

/** A step result for a precondition that does not hold, with the words of its error code. */
export function refused(code: ErrorCode, params: TextParams, diff?: string): Refused {
  const detail = new NodemendError(code, params).message;
  return { outcome: 'refused', code, params, detail, ...(diff === undefined ? {} : { diff }) };
}

/** A step result for a change that is made and does not hold, with the words of its error code. */
export function rejected(code: ErrorCode, params: TextParams): Extract<StepResult, { outcome: 'rejected' }> {
  return { outcome: 'rejected', code, params, detail: new NodemendError(code, params).message };
}

/** What any of the node-side scripts may refuse; undefined for a reason that only its own caller knows. */
export function commonRefusal(node: string, reply: Reply): Refused | undefined {
  const words = valueOf(reply, 'words');
  switch (valueOf(reply, 'reason')) {
    case 'tool-missing':
      return refused('NODE_TOOL_MISSING', { node, tools: words });
    case 'locked':
      return refused('NODE_LOCKED', holder(node, reply));
    case 'lock-lost':
      return refused('NODE_LOCK_LOST', holder(node, reply));
    case 'no-space': {
      const [folder = '', needed = '', free = ''] = words.split(' ');
      return refused('NODE_NO_SPACE', { node, folder, needed, free });
    }
    default:
      return undefined;
  }
}

function holder(node: string, reply: Reply): TextParams {
  return {
    node,
    run: valueOf(reply, 'lock-run') || '-',
    owner: valueOf(reply, 'lock-owner') || '-',
    since: valueOf(reply, 'lock-since') || '-',
  };
}
