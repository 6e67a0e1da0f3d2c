import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const bootArgument = errorArea(
  { ARGUMENT_UNTIL_REBOOT: { exit: 0 }, BOOT_ARGUMENT_LEFT: { exit: 8 } },
  { en: () => en, ko: () => ko },
);
