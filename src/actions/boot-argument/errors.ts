import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const bootArgument = errorArea(
  {
    ARGUMENT_UNTIL_REBOOT: { exit: 0 },
    BOOT_ARGUMENT_LEFT: { exit: 8 },
    BOOT_CONFIG_NOT_MADE: { exit: 7 },
    BOOT_CONFIG_WRONG: { exit: 7 },
  },
  { en: () => en, ko: () => ko },
);
