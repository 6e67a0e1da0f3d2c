import en from '../../locales/en/errors.actions.json' with { type: 'json' };
import ko from '../../locales/ko/errors.actions.json' with { type: 'json' };
import { errorArea } from '../area.ts';

export const actions = errorArea(
  {
    FILE_CHANGED_SINCE_PLAN: { exit: 8 },
    FILE_CHANGED_SINCE_RUN: { exit: 8 },
    FILE_NOT_REPLACEABLE: { exit: 8 },
    FOLDER_MISSING: { exit: 8 },
    FOLDER_UNSAFE: { exit: 8 },
    NODE_TOOL_MISSING: { exit: 8 },
    NODE_NO_SPACE: { exit: 8 },
    NODE_LOCKED: { exit: 8 },
    NODE_LOCK_LOST: { exit: 8 },
    NODE_BUSY: { exit: 8 },
    NODE_WRITE_FAILED: { exit: 7 },
    NODE_SCRIPT_DIED: { exit: 7 },
    NODE_RECORD_INVALID: { exit: 8 },
    NODE_RECORD_FOREIGN: { exit: 8 },
    STAGED_FILE_CHANGED: { exit: 7 },
    BACKUP_DAMAGED: { exit: 8 },
    RUN_UNDONE_ON_NODE: { exit: 8 },
    OBJECT_CHANGED_SINCE_PLAN: { exit: 8 },
    OBJECT_CHANGED_SINCE_RUN: { exit: 8 },
    OBJECT_GONE: { exit: 8 },
    OBJECT_NOT_OURS: { exit: 8 },
    OBJECT_NOT_IN_FORCE: { exit: 7 },
    ROLLOUT_INCOMPLETE: { exit: 7 },
    ROLLOUT_ON_DELETE: { exit: 7 },
    CHECK_FAILED: { exit: 7 },
  },
  { en: () => en, ko: () => ko },
);
