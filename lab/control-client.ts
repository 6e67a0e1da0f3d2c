import { NodemendError } from '../src/errors/nodemend-error.ts';
import { askControl } from './control-socket.ts';
import { asError, type Failure } from './daemon/failure.ts';
import type { ControlRequest, ControlResult } from './daemon/control.ts';
import type { StateFolder } from './state-folder.ts';

/**
 * Asks a running lab.
 * @throws NodemendError LAB_NOT_UP when nobody answers, and what went wrong in the lab
 */
export async function askLab<Kind extends ControlRequest['kind']>(
  folder: StateFolder,
  lab: string,
  question: ControlRequest & { readonly kind: Kind },
): Promise<ControlResult & { readonly kind: Kind }> {
  const { ok, body } = await askControl(folder.control, question).catch((cause: unknown) => {
    throw new NodemendError('LAB_NOT_UP', { name: lab }, { cause });
  });
  if (!ok) throw asError(body as Failure);
  return body as ControlResult & { readonly kind: Kind };
}
