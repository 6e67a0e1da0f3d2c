import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const image = errorArea(
  {
    IMAGE_STORE_UNSUPPORTED: { exit: 8 },
    IMAGE_NO_ROOM: { exit: 8 },
    IMAGE_NO_INODES: { exit: 8 },
    IMAGE_DISK_FULL: { exit: 8 },
    IMAGE_NOT_WHOLE: { exit: 8 },
    IMAGE_FETCH_FAILED: { exit: 8 },
    IMAGE_PASSWORD_MISSING: { exit: 8 },
    IMAGE_IN_USE: { exit: 8 },
    IMAGE_PART_KEPT: { exit: 8 },
    IMAGE_ID_STAYS: { exit: 0 },
  },
  { en: () => en, ko: () => ko },
);
