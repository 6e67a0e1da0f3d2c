import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const pullSecret = errorArea(
  {
    PULL_SECRET_PASSWORD_MISSING: { exit: 8 },
    PULL_SECRET_CHANGED_SINCE_RUN: { exit: 8 },
    PULL_SECRET_NOT_OF_RUN: { exit: 8 },
    PULL_SECRET_KEPT_MISSING: { exit: 8 },
    PULL_SECRET_KEPT_INVALID: { exit: 8 },
  },
  { en: () => en, ko: () => ko },
);
