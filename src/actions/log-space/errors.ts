import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const logSpace = errorArea(
  {
    LOG_OUTSIDE: { exit: 8 },
    LOG_IN_USE: { exit: 8 },
    LOG_NOT_KEPT: { exit: 8 },
    LOG_ROOM_TAKEN: { exit: 7 },
  },
  { en: () => en, ko: () => ko },
);
