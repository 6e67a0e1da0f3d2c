import { entriesOf, rootOf, usesLoaderEntries, withoutDevice, type BootEntry } from './boot-entries.ts';
import type { BootFile, BootState } from './boot-state.ts';

/** What makes the configuration that a node is booted with. */
export type Generator = 'update-grub' | 'grub2-mkconfig' | 'grubby';

export interface BootedWith {
  readonly generator: Generator;
  readonly config: BootFile;
  /** Entries that boot this system, by their `root=`, single-user mode left out. */
  readonly entries: readonly BootEntry[];
}

/** Why it cannot be said how a node is booted, or by what that could be changed. */
export type BootRefusal =
  /** The running kernel was not loaded by GRUB. */
  | 'notGrub'
  /** There is none, or none that can be read. */
  | 'noConfig'
  /** More than one could be the one that was booted. */
  | 'severalConfigs'
  /** No entry of it boots the kernel that runs, from the same root file system. */
  | 'notTheOneBooted'
  /** `update-grub` does something else here than Debian's. */
  | 'updateGrubIsOther'
  | 'toolMissing';

export interface RefusedBoot {
  readonly refusal: BootRefusal;
  /** A file, files, or the tool that is missing. */
  readonly detail: string;
}

/**
 * By what GRUB is configured here, told by what was booted: by the running kernel's own command line, and by content. A
 * stub on the EFI partition that reads another file is not the configuration (Fedora, Changes/UnifyGrubConfig), and no
 * path is right because of its distribution alone.
 */
export function bootedWith(state: BootState): BootedWith | RefusedBoot {
  if (state.bootImage === undefined) return { refusal: 'notGrub', detail: '' };
  const configs = candidates(state);
  const [config] = configs;
  if (config === undefined) return { refusal: 'noConfig', detail: state.unread.join(', ') };
  if (configs.length > 1) return { refusal: 'severalConfigs', detail: configs.map(({ path }) => path).join(', ') };
  const kernel = withoutDevice(state.bootImage);
  const entries = entriesOf(state, config).filter((entry) => rootOf(entry) === state.root);
  if (!entries.some((entry) => entry.kernel === kernel)) return { refusal: 'notTheOneBooted', detail: config.path };
  const generator = generatorOf(state, config);
  return 'refusal' in generator
    ? generator
    : { ...generator, config, entries: entries.filter(({ isRecovery }) => !isRecovery) };
}

/** On EFI what lies on its partition is read first, if it is not a stub; without EFI nothing reads that. */
function candidates({ firmware, configs }: BootState): readonly BootFile[] {
  const real = configs.filter(({ lines }) =>
    lines.some((line) => /^\s*(?:menuentry|submenu|blscfg)(\s|$)/u.test(line)),
  );
  const [onPartition, elsewhere] = [true, false].map((is) =>
    real.filter(({ path }) => path.startsWith('/boot/efi/') === is),
  );
  return firmware === 'efi' && onPartition !== undefined && onPartition.length > 0 ? onPartition : (elsewhere ?? []);
}

function generatorOf(
  { tools, updateGrub }: BootState,
  config: BootFile,
): { readonly generator: Generator } | RefusedBoot {
  const missing = (detail: string): RefusedBoot => ({ refusal: 'toolMissing', detail });
  if (usesLoaderEntries(config)) return tools.has('grubby') ? { generator: 'grubby' } : missing('grubby');
  if (config.path !== '/boot/grub/grub.cfg')
    return tools.has('grub2-mkconfig') ? { generator: 'grub2-mkconfig' } : missing('grub2-mkconfig');
  if (updateGrub === undefined || !tools.has('grub-mkconfig')) return missing('update-grub');
  return updateGrub === 'stock'
    ? { generator: 'update-grub' }
    : { refusal: 'updateGrubIsOther', detail: 'update-grub' };
}
