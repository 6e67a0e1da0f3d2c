import type { ActionBase } from '../action.ts';

/** Reboots its node once, and looks that it comes back with the kernel arguments that it is rebooted for. */
export interface RebootAction extends ActionBase {
  readonly kind: 'reboot';
  readonly disrupts: 'reboot';
  /** `/proc/sys/kernel/random/boot_id` when it was planned: a node in another boot was rebooted since. */
  readonly bootId: string;
  /** What the kernel's command line has to say afterwards; nothing where any boot will do. */
  readonly inForce: readonly KernelArgument[];
  /** From the request until the node answers from another boot. */
  readonly withinSeconds: number;
}

export interface KernelArgument {
  /** `cgroup.memory=nokmem` */
  readonly argument: string;
  readonly present: boolean;
}
