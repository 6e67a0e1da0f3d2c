import { formFault, notJson, problemParams } from '../../errors/form-fault.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { standingApprovalShape } from './standing-approval-schema.ts';
import { standingApprovalSchema, type StandingApproval } from './standing-approval.ts';

/** The text of a standing approval. `file` is named in errors. @throws NodemendError APPROVAL_INVALID */
export function readApproval(text: string, file: string): StandingApproval {
  const parsed = standingApprovalShape.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  throw new NodemendError('APPROVAL_INVALID', {
    file,
    schema: standingApprovalSchema,
    ...problemParams(formFault(parsed.error.issues)),
  });
}

export function approvalText(approval: StandingApproval): string {
  return `${JSON.stringify(approval, undefined, 2)}\n`;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NodemendError(
      'APPROVAL_INVALID',
      { file, schema: standingApprovalSchema, ...problemParams(notJson(cause)) },
      { cause },
    );
  }
}
