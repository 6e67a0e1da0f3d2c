import type { BootState } from '../../../grub/boot-state.ts';
import { isWritten } from '../../../grub/argument-edit.ts';
import { parseBootArgument, type BootArgument } from '../../../grub/boot-argument.ts';
import { bootedWith } from '../../../grub/booted-with.ts';

/** The guide's argument. */
export const nokmem: BootArgument & { readonly text: 'cgroup.memory=nokmem' } = {
  ...(parseBootArgument('cgroup.memory=nokmem') as BootArgument),
  text: 'cgroup.memory=nokmem',
};

/**
 * Whether the next boot gives the kernel the argument, whichever entry is chosen, single-user mode left out. `unclear`
 * where it cannot be said what is booted: not GRUB, or not this configuration.
 */
export function nextBoot(state: BootState): 'written' | 'absent' | 'unclear' {
  const boot = bootedWith(state);
  if ('refusal' in boot) return 'unclear';
  return isWritten(boot, nokmem) ? 'written' : 'absent';
}
