import en from '../../locales/en/errors.lab.json' with { type: 'json' };
import ko from '../../locales/ko/errors.lab.json' with { type: 'json' };
import { errorArea } from '../area.ts';

export const lab = errorArea(
  {
    LAB_NEEDS_ROOT: { exit: 2 },
    LAB_NEEDS_LINUX: { exit: 2 },
    LAB_PROGRAM_MISSING: { exit: 2 },
    LAB_NAMESPACES_DENIED: { exit: 2 },
    LAB_NAME_INVALID: { exit: 2 },
    LAB_SIZE_INVALID: { exit: 2 },
    LAB_PATH_TOO_LONG: { exit: 2 },
    LAB_ALREADY_UP: { exit: 2 },
    LAB_NOT_UP: { exit: 2 },
    LAB_NO_ADDRESSES: { exit: 2 },
    LAB_START_FAILED: { exit: 1 },
    LAB_STEP_FAILED: { exit: 1 },
    LAB_DOWN_INCOMPLETE: { exit: 1, retryable: true },
    LAB_NODE_UNKNOWN: { exit: 2 },
    LAB_FAULT_FAILED: { exit: 1 },
  },
  { en: () => en, ko: () => ko },
);
