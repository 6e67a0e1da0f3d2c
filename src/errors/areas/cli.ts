import type { ErrorEntry } from '../catalogue.ts';

export const cliErrors = {
  USAGE: { exit: 2 },
  INTERNAL: { exit: 1 },
  APPROVAL_MISSING: { exit: 8 },
  APPROVAL_DECLINED: { exit: 8 },
  OUTPUT_NOT_WRITTEN: { exit: 2 },
  NO_RUN_HERE: { exit: 2 },
  ACCESS_NOT_ASKED: { exit: 2 },
  PLAN_UNREADABLE: { exit: 2 },
  INPUT_UNREADABLE: { exit: 2 },
  NO_MANIFEST: { exit: 2 },
  NODE_SET_INVALID: { exit: 2 },
  CONFIGURATION_UNREADABLE: { exit: 2 },
  CONFIGURATION_UNSAFE: { exit: 2 },
  YAML_SYNTAX_INVALID: { exit: 2 },
  YAML_KEY_UNKNOWN: { exit: 2 },
  YAML_VALUE_INVALID: { exit: 2 },
  YAML_VALUE_DUPLICATE: { exit: 2 },
  HOSTS_FILE_UNREADABLE: { exit: 2 },
  HOSTS_FILE_INVALID: { exit: 2 },
} as const satisfies Record<string, ErrorEntry>;
