import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const imagePin = errorArea(
  {
    IMAGE_CHANGED_SINCE_PLAN: { exit: 8 },
    IMAGE_NOT_IN_FORCE: { exit: 7 },
    RUNTIME_AWAY: { exit: 8 },
    RUNTIME_CLIENT_FAILED: { exit: 7 },
    RUNTIME_CLIENT_MISSING: { exit: 8 },
    RUNTIME_SILENT: { exit: 7 },
  },
  { en: () => en, ko: () => ko },
);
