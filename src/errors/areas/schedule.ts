import en from '../../locales/en/errors.schedule.json' with { type: 'json' };
import ko from '../../locales/ko/errors.schedule.json' with { type: 'json' };
import { errorArea } from '../area.ts';

export const schedule = errorArea(
  {
    APPROVAL_EXCEEDED: { exit: 8 },
    APPROVAL_INVALID: { exit: 2 },
    APPROVAL_UNREADABLE: { exit: 2 },
    APPROVAL_UNSAFE: { exit: 2 },
    SCHEDULE_NAME_INVALID: { exit: 2 },
    SCHEDULE_TIME_INVALID: { exit: 2 },
    SCHEDULE_PATH_INVALID: { exit: 2 },
    SCHEDULE_COMMAND_REFUSED: { exit: 2 },
    SCHEDULE_FILE_UNREADABLE: { exit: 2 },
    SCHEDULE_ENVIRONMENT_SECRET: { exit: 2 },
    SCHEDULE_EXISTS: { exit: 2 },
    SCHEDULE_UNKNOWN: { exit: 2 },
    SCHEDULE_INVALID: { exit: 2 },
    SCHEDULE_EDITED: { exit: 8 },
    SCHEDULE_CHANGED: { exit: 8 },
    SCHEDULE_UNVERIFIED: { exit: 8 },
    SCHEDULE_RUNNING: { exit: 8 },
    SCHEDULE_NOT_WRITTEN: { exit: 2 },
    ON_FAILURE_INVALID: { exit: 2 },
    CRONTAB_BLOCK_INVALID: { exit: 8 },
    CRONTAB_FAILED: { exit: 2 },
    CRONTAB_NOT_KEPT: { exit: 8 },
    SYSTEMCTL_FAILED: { exit: 2 },
  },
  { en: () => en, ko: () => ko },
);
