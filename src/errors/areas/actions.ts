import type { ErrorEntry } from '../catalogue.ts';

export const actionErrors = {
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
  STAGED_FILE_CHANGED: { exit: 7 },
  BACKUP_DAMAGED: { exit: 8 },
  SYSTEMD_MISSING: { exit: 8 },
  RESTART_COMMAND_FAILED: { exit: 7 },
  UNIT_CHANGED_SINCE_PLAN: { exit: 8 },
  UNIT_NOT_RUNNING: { exit: 8 },
  RUN_UNDONE_ON_NODE: { exit: 8 },
} as const satisfies Record<string, ErrorEntry>;
