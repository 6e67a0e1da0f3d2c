import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const manifest = errorArea(
  {
    OBJECT_NOT_TAKEN_UP: { exit: 7 },
    PODS_NOT_STARTED: { exit: 7 },
  },
  { en: () => en, ko: () => ko },
);
