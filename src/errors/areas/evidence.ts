import en from '../../locales/en/errors.evidence.json' with { type: 'json' };
import ko from '../../locales/ko/errors.evidence.json' with { type: 'json' };
import { errorArea } from '../area.ts';

export const evidence = errorArea(
  {
    BUNDLE_INVALID: { exit: 2 },
    BUNDLE_VERSION_UNKNOWN: { exit: 2 },
    BUNDLE_UNREADABLE: { exit: 2 },
    BUNDLE_TOO_LARGE: { exit: 2 },
    BUNDLE_NOT_WRITTEN: { exit: 2 },
    PATH_UNSAFE: { exit: 2 },
    BUNDLE_NOT_EARLIER: { exit: 2 },
    BUNDLE_OTHER_NODES: { exit: 2 },
    BUNDLE_WITHOUT_PROBLEM: { exit: 2 },
    BUNDLE_WITHOUT_NAMESPACE: { exit: 2 },
    NODE_IDENTITY_UNKNOWN: { exit: 5 },
    NODE_IDENTITY_MISMATCH: { exit: 5 },
    PROBE_ENDED_EARLY: { exit: 5 },
    PROBE_OUTPUT_TOO_LARGE: { exit: 5 },
    PROBE_NO_SCRATCH: { exit: 5 },
    PROBE_SCRATCH_FULL: { exit: 5 },
    SECTION_NOT_SENT: { exit: 5 },
    SECTION_TIMED_OUT: { exit: 5 },
    SECTION_NEEDS_ROOT: { exit: 5 },
    SECTION_TOOL_MISSING: { exit: 5 },
    SECTION_KILLED: { exit: 5 },
  },
  { en: () => en, ko: () => ko },
);
