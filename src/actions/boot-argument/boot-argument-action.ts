import type { ActionBase } from '../action.ts';
import type { Generator } from '../../grub/booted-with.ts';
import type { FileIdentity, FileState, PriorFileState } from '../file/file-action.ts';

/**
 * Gives the kernel an argument from the next boot on: one file of GRUB's defaults is edited, and what is booted is made
 * again. It reboots nothing. Where the file is right already `from` and `to` are the same, and only the second is done.
 */
export interface BootArgumentAction extends StoredBootArgumentAction {
  readonly from: PriorFileState | 'absent';
  readonly to: FileState;
}

/** As a node's record holds it: hashes without contents. */
export interface StoredBootArgumentAction extends ActionBase {
  readonly kind: 'boot-argument';
  readonly argument: 'cgroup.memory=nokmem';
  /** Of the defaults: `/etc/default/grub`, or a file of `/etc/default/grub.d`. */
  readonly path: string;
  /** `/etc/default/grub.d` may be missing. */
  readonly makesFolder?: true;
  readonly from: FileIdentity | 'absent';
  readonly to: FileIdentity;
  /** SHA-256 of the list of all files that the defaults are, with their hashes (`sourcesDigest`), before and after. */
  readonly sources: { readonly before: string; readonly after: string };
  /** What makes what is booted, and that file as the plan saw it. */
  readonly generator: Generator;
  readonly config: { readonly path: string; readonly sha256: string };
  /** What an entry has of the argument's name: of use to grubby alone, which is told the whole of it. */
  readonly inEntries: { readonly before?: string; readonly after: string };
}
