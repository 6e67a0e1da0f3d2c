import type { ActionKind, ActionSpec, StoredAction } from './action.ts';
import { fileKind } from './file/file.ts';
import { logSpaceKind } from './log-space/log-space.ts';
import { serviceKind } from './service/service.ts';

type Kinds = {
  readonly [Kind in ActionSpec['kind']]: ActionKind<
    Extract<ActionSpec, { kind: Kind }>,
    Extract<StoredAction, { kind: Kind }>
  >;
};

const kinds: Kinds = { file: fileKind, service: serviceKind, 'log-space': logSpaceKind };

/** The kind that knows how to carry an action out. To be asked about actions of that kind only. */
export function actionKind(kind: ActionSpec['kind']): ActionKind {
  return kinds[kind] as ActionKind;
}
