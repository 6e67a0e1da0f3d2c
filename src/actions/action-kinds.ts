import type { ActionKind, ActionSpec } from './action.ts';
import { fileKind } from './file/file.ts';

const kinds: Readonly<Record<ActionSpec['kind'], ActionKind>> = {
  file: fileKind,
};

/** The kind that knows how to carry an action out. */
export function actionKind(kind: ActionSpec['kind']): ActionKind {
  return kinds[kind];
}
