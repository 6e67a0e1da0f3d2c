import type { ErrorCode } from '../../src/errors/catalogue.ts';

/** Test projects of `vitest.config.ts`; those whose files run alone count with the one they belong to. */
export type Project = 'unit' | 'root' | 'testbed';

/**
 * Which codes only tests with real programs bring about, and in which suite the check looks for them. All others are
 * given in the unit tests.
 */
export const givenByOthers = {
  FILE_NOT_REPLACEABLE: 'root',
  FOLDER_MISSING: 'root',
  FOLDER_UNSAFE: 'root',
  NODE_TOOL_MISSING: 'root',
  NODE_NO_SPACE: 'root',
  NODE_BUSY: 'root',
  NODE_WRITE_FAILED: 'root',
  STAGED_FILE_CHANGED: 'root',
  BACKUP_DAMAGED: 'root',
  SYSTEMD_MISSING: 'root',
  RESTART_COMMAND_FAILED: 'root',
  UNIT_CHANGED_SINCE_PLAN: 'root',
  UNIT_NOT_RUNNING: 'root',
  LOG_OUTSIDE: 'root',
  LOG_IN_USE: 'root',
  LOG_NOT_KEPT: 'root',
  ARGUMENT_UNTIL_REBOOT: 'root',
  BOOT_ARGUMENT_LEFT: 'root',
  REBOOT_COMMAND_MISSING: 'root',
  IMAGE_CHANGED_SINCE_PLAN: 'root',
  RUNTIME_AWAY: 'root',
  RUNTIME_CLIENT_FAILED: 'root',
  RUN_UNDONE_ON_NODE: 'root',
  OBJECT_CHANGED_SINCE_PLAN: 'testbed',
  OBJECT_CHANGED_SINCE_RUN: 'testbed',
  OBJECT_GONE: 'testbed',
  OBJECT_NOT_OURS: 'testbed',
  PULL_SECRET_PASSWORD_MISSING: 'testbed',
  PULL_SECRET_CHANGED_SINCE_RUN: 'testbed',
  PULL_SECRET_NOT_OF_RUN: 'testbed',
  PULL_SECRET_KEPT_MISSING: 'testbed',
  PULL_SECRET_KEPT_INVALID: 'testbed',
  ACCESS_NOT_ASKED: 'testbed',
  LOGIN_REFUSED: 'testbed',
  LOGIN_UNCHECKED: 'testbed',
  CREDENTIAL_HELPER_MISSING: 'testbed',
  NAMESPACE_MISSING: 'testbed',
  SERVICE_ACCOUNT_MISSING: 'testbed',
  PLAN_EMPTY: 'root',
  PLAN_NEEDS_API: 'root',
  PLAN_PATH_REFUSED: 'root',
  RUN_ACTIVE: 'root',
  RUN_TAKEN_BACK: 'root',
  NODE_NO_TARGET: 'root',
  RUN_PLAN_MISMATCH: 'root',
  RUN_FROM_ELSEWHERE: 'testbed',
  OBJECT_RECORD_CONTRADICTED: 'testbed',
  CLUSTER_RECORD_TAKEN: 'testbed',
  CLUSTER_RECORD_TOO_LARGE: 'testbed',
  CLUSTER_RECORD_NAMESPACE_MISSING: 'testbed',
  CLUSTER_RECORD_INVALID: 'testbed',
  CLUSTER_RECORD_MISSING: 'testbed',
  LAB_ALREADY_UP: 'root',
  LAB_NOT_UP: 'root',
  LAB_START_FAILED: 'root',
  LAB_STEP_FAILED: 'root',
  LAB_DOWN_INCOMPLETE: 'root',
  LAB_NODE_UNKNOWN: 'root',
  LAB_FAULT_FAILED: 'root',
  RATE_LIMIT_ANSWER_INVALID: 'root',
  WORKLOAD_MISSING: 'root',
} as const satisfies Partial<Record<ErrorCode, Exclude<Project, 'unit'>>>;

/**
 * Codes that a program of its own ends with, where nobody can note them, or that are told without an error being made;
 * and the test that reads them from what it prints or answers.
 */
export const toldByPrograms = {
  ROLLOUT_BLOCKED: 'src/engine/rollout/gates/closed-gate.test.ts',
  CRONTAB_FAILED: 'src/cli/schedule/schedule.root.test.ts',
  CRONTAB_NOT_KEPT: 'src/cli/schedule/schedule.root.test.ts',
  SCHEDULE_EDITED: 'src/cli/schedule/schedule.root.test.ts',
  SCHEDULE_EXISTS: 'src/cli/schedule/schedule.root.test.ts',
  SCHEDULE_NOT_WRITTEN: 'src/cli/schedule/schedule.root.test.ts',
  SYSTEMCTL_FAILED: 'src/cli/schedule/schedule.root.test.ts',
  LAB_NAMESPACES_DENIED: 'lab/preflight.root.test.ts',
  LAB_NEEDS_ROOT: 'lab/preflight.root.test.ts',
  LAB_NO_ADDRESSES: 'lab/listeners.root.test.ts',
  LEASE_NEEDS_PERSON: 'test/end-to-end/suites/interrupted.ts',
  RUN_PLAN_MISSING: 'src/engine/rollout/asked-nodes.root.test.ts',
  RUN_NODES_UNPROVEN: 'src/engine/rollout/cluster-objects/cluster-objects.testbed.test.ts',
} as const satisfies Partial<Record<ErrorCode, string>>;
