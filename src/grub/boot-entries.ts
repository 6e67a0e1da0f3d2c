import { membersOf, sameName, type BootArgument } from './boot-argument.ts';
import type { BootFile, BootState } from './boot-state.ts';

/** One way to boot a kernel that GRUB offers. */
export interface BootEntry {
  readonly title: string;
  /** Its file as GRUB names it, without a device: `/boot/vmlinuz-6.1.0-28-amd64`. */
  readonly kernel: string;
  readonly arguments: readonly string[];
  /** Single-user mode, which GRUB gives another command line on purpose. */
  readonly isRecovery: boolean;
  /** The file that it stands in. */
  readonly path: string;
  /** Which of `/etc/grub.d` made it; undefined for an entry of the Boot Loader Specification. */
  readonly madeBy: string | undefined;
}

/** The entries of a configuration, and where it takes those of the Boot Loader Specification those. */
export function entriesOf(state: BootState, config: BootFile): readonly BootEntry[] {
  const own = entriesIn(config);
  return usesLoaderEntries(config) ? [...own, ...state.loaderEntries.map((file) => loaderEntry(file, state))] : own;
}

/** A command of GRUB's that Enterprise Linux 8 and later have: existing entries are made from no default then. */
export function usesLoaderEntries({ lines }: BootFile): boolean {
  return lines.some((line) => /^\s*blscfg(\s|$)/u.test(line));
}

const begin = /^### BEGIN (\S+) ###/u;
const menu = /^\s*menuentry\s+(?:'([^']*)'|"([^"]*)"|(\S+))(.*)$/u;
/** `linux16` and `linuxefi` are Enterprise Linux 7's, `module` and `module2` Xen's, which loads more than kernels so. */
const kernelLine = /^\s*(?:linux(?:16|efi)?|module2?)\s+(\S+)(?:\s+(.*))?$/u;

function entriesIn({ path, lines }: BootFile): readonly BootEntry[] {
  const entries: BootEntry[] = [];
  let madeBy: string | undefined;
  let menuEntry = { title: '', isRecovery: false };
  for (const line of lines) {
    madeBy = begin.exec(line)?.[1] ?? madeBy;
    menuEntry = menuEntryOf(line) ?? menuEntry;
    const [, kernel, words = ''] = kernelLine.exec(line) ?? [];
    if (kernel === undefined || !/vmlinu|kernel/u.test(kernel)) continue;
    entries.push({ ...menuEntry, kernel: withoutDevice(kernel), arguments: split(words), path, madeBy });
  }
  return entries;
}

function menuEntryOf(line: string): Pick<BootEntry, 'title' | 'isRecovery'> | undefined {
  const [, single, double, bare, rest] = menu.exec(line) ?? [];
  if (rest === undefined) return undefined;
  const title = single ?? double ?? bare ?? '';
  return { title, isRecovery: rest.includes('-recovery-') || title.includes('(recovery mode)') };
}

function loaderEntry({ path, lines }: BootFile, { environment }: BootState): BootEntry {
  const valueOf = (key: string): string | undefined => {
    const line = lines.find((one) => new RegExp(`^${key}\\s`, 'u').test(one));
    return line?.slice(key.length).trim();
  };
  const kept = environment?.lines.find((line) => line.startsWith('kernelopts='))?.slice('kernelopts='.length);
  const words = split(valueOf('options') ?? '').flatMap((word) =>
    word === '$kernelopts' && kept !== undefined ? split(kept) : [word],
  );
  return {
    title: valueOf('title') ?? path,
    kernel: withoutDevice(valueOf('linux') ?? ''),
    arguments: words,
    isRecovery: false,
    path,
    madeBy: undefined,
  };
}

/** `(hd0,msdos1)/vmlinuz`, `($root)/vmlinuz` */
export function withoutDevice(file: string): string {
  return file.replace(/^\([^)]*\)/u, '');
}

function split(words: string): readonly string[] {
  return words.split(/[ \t]+/u).filter((word) => word !== '');
}

/** The value of `root=` that the kernel takes, the last. */
export function rootOf(entry: BootEntry): string | undefined {
  return kernels(entry.arguments)
    .findLast((word) => word.startsWith('root='))
    ?.slice('root='.length);
}

/** What the kernel is given of the argument's name: `cgroup.memory=nosocket` of a list with others. */
export function sameNamed(words: readonly string[], { name }: BootArgument): readonly string[] {
  return kernels(words).filter((word) => sameName(word.split('=', 1)[0] ?? '', name));
}

/** Whether these words give the kernel the argument: with a set, all its members, wherever they stand. */
export function holdArgument(words: readonly string[], argument: BootArgument): boolean {
  const same = sameNamed(words, argument);
  if (!argument.isSet || argument.value === undefined) return same.includes(argument.text);
  const present = new Set(same.flatMap((word) => membersOf(word.slice(argument.name.length + 1))));
  return membersOf(argument.value).every((member) => present.has(member));
}

/** Behind `--` everything is init's. */
function kernels(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end === -1 ? words : words.slice(0, end);
}
