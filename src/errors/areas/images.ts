import en from '../../locales/en/errors.images.json' with { type: 'json' };
import ko from '../../locales/ko/errors.images.json' with { type: 'json' };
import { errorArea } from '../area.ts';

export const images = errorArea(
  {
    IMAGE_ARCHIVE_INVALID: { exit: 2 },
    IMAGE_DIGESTS_DIFFER: { exit: 5 },
    IMAGE_FILE_CHANGED: { exit: 8 },
    IMAGE_FILE_UNREADABLE: { exit: 2 },
    IMAGE_NAME_INVALID: { exit: 2 },
    IMAGE_NOT_READ: { exit: 5 },
    IMAGE_NOT_WHOLE_THERE: { exit: 5 },
    IMAGE_SOURCE_AWAY: { exit: 8 },
    IMAGES_NOT_LISTED: { exit: 5 },
    REGISTRY_LOGINS_UNUSABLE: { exit: 2 },
  },
  { en: () => en, ko: () => ko },
);
