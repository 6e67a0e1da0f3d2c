import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const service = errorArea(
  {
    SYSTEMD_MISSING: { exit: 8 },
    RESTART_COMMAND_FAILED: { exit: 7 },
    UNIT_CHANGED_SINCE_PLAN: { exit: 8 },
    UNIT_NOT_RUNNING: { exit: 8 },
    UNIT_NOT_UP: { exit: 7 },
  },
  { en: () => en, ko: () => ko },
);
