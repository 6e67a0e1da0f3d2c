import { expandNodes } from '../../engine/targets/node-set.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';

/** Whether a text is a node set that can be expanded. */
export function isNodeSet(text: string): boolean {
  try {
    return expandNodes(text).length > 0;
  } catch (error) {
    if (isNodemendError(error)) return false;
    throw error;
  }
}
