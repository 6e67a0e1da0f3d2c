import { errorArea } from '../../errors/area.ts';
import en from './errors.en.json' with { type: 'json' };
import ko from './errors.ko.json' with { type: 'json' };

export const reboot = errorArea(
  {
    REBOOT_COMMAND_MISSING: { exit: 8 },
    REBOOT_PENDING: { exit: 8 },
    REBOOT_TIMED_OUT: { exit: 7 },
    REBOOT_REFUSED: { exit: 7 },
    KERNEL_ARGUMENT_NOT_IN_FORCE: { exit: 7 },
  },
  { en: () => en, ko: () => ko },
);
