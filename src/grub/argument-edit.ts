import type { BootArgument } from './boot-argument.ts';
import { holdArgument, sameNamed, type BootEntry } from './boot-entries.ts';
import type { BootFile, BootState } from './boot-state.ts';
import { bootedWith, type BootedWith, type RefusedBoot } from './booted-with.ts';
import { editDefaults, type ArgumentChange } from './edit-defaults.ts';
import type { GrubFile } from './read-defaults.ts';
import type { Refused } from './refusal.ts';

/** What has to become of a node's defaults. */
export interface ArgumentEdit {
  readonly path: string;
  /** The file as it is; undefined where there is none. */
  readonly before: BootFile | undefined;
  /** As it will be, one character a byte; undefined where it is right already, and only the entries are not. */
  readonly after: string | undefined;
  readonly boot: BootedWith;
  /** The argument as entries are to have it, with what they have of its name: `cgroup.memory=nosocket,nokmem`. */
  readonly entryArgument: string;
  /** What the entries have of its name now, one and the same in all of them. */
  readonly entryArgumentBefore: string | undefined;
}

/** An entry that no edit of the defaults reaches. */
export interface EntryByHand {
  readonly refusal: 'madeByHand' | 'entriesDiffer' | 'unreadFile';
  readonly detail: string;
}

export type PlannedArgument =
  | { readonly outcome: 'edit'; readonly edit: ArgumentEdit }
  /** Every entry has it, and those of kernels to come will. */
  | { readonly outcome: 'written' }
  | { readonly outcome: 'refused'; readonly because: Refused | RefusedBoot | EntryByHand };

/** Debian's and Ubuntu's place for files of packages and people: an undo takes the whole file away. */
export const dropInPath = '/etc/default/grub.d/99-nodemend.cfg';

const dropInHeader = `# Written by nodemend, which takes this file away again: nodemend undo.
`;

/**
 * Whether every entry of this system gives its kernel the argument, single-user mode left out. What runs is not asked:
 * that says what was booted, and not what will be.
 */
export function isWritten({ entries }: BootedWith, argument: BootArgument): boolean {
  return entries.length > 0 && entries.every((entry) => holdArgument(entry.arguments, argument));
}

/** Decides what an added argument takes on a node. Pure. */
export function planArgument(state: BootState, argument: BootArgument): PlannedArgument {
  const boot = bootedWith(state);
  if ('refusal' in boot) return { outcome: 'refused', because: boot };
  const obstacle = unreached(state, boot, argument);
  if (obstacle) return { outcome: 'refused', because: obstacle };
  const [present] = new Set(boot.entries.flatMap((entry) => sameNamed(entry.arguments, argument)));
  const found = editOfDefaults(state, { operation: 'add', argument });
  if ('refusal' in found) return { outcome: 'refused', because: found };
  if (found.after === undefined && isWritten(boot, argument) && isKept(state, boot, argument))
    return { outcome: 'written' };
  const edit = { ...found, boot, entryArgument: merged(present, argument), entryArgumentBefore: present };
  return { outcome: 'edit', edit };
}

/** What stands in the way beside the defaults themselves. */
function unreached(state: BootState, boot: BootedWith, argument: BootArgument): EntryByHand | undefined {
  const unread = state.unread.find((path) => path.startsWith('/etc/default/') || path.startsWith('/boot/loader/'));
  if (unread !== undefined) return { refusal: 'unreadFile', detail: unread };
  const lacking = boot.entries.filter((entry) => !holdArgument(entry.arguments, argument));
  const byHand = boot.generator === 'grubby' ? undefined : lacking.find((entry) => !isGenerated(entry));
  if (byHand) return { refusal: 'madeByHand', detail: `${byHand.path}: ${byHand.title}` };
  const forms = new Set(boot.entries.map((entry) => sameNamed(entry.arguments, argument).join(' ')));
  const isMixed = boot.generator === 'grubby' && (forms.size > 1 || [...forms].some((form) => form.includes(' ')));
  return isMixed ? { refusal: 'entriesDiffer', detail: [...forms].map((form) => form || '-').join(' · ') } : undefined;
}

/** By one of the scripts that take the two variables (`10_linux`, `20_linux_xen`). */
function isGenerated({ madeBy }: BootEntry): boolean {
  return /_linux(_xen)?$/u.test(madeBy ?? '');
}

/** Entries of kernels to come are made with that file where it is there. */
function isKept({ commandLine }: BootState, { generator }: BootedWith, argument: BootArgument): boolean {
  if (generator !== 'grubby' || commandLine === undefined) return true;
  return holdArgument(commandLine.lines.join(' ').split(/\s+/u), argument);
}

function merged(present: string | undefined, argument: BootArgument): string {
  if (present === undefined || !argument.isSet) return argument.text;
  const missing = (argument.value ?? '')
    .split(',')
    .filter((member) => !holdArgument([present], { ...argument, value: member }));
  return missing.length === 0 ? present : `${present.replace(/,$/u, '')},${missing.join(',')}`;
}

export type DefaultsEdit = Pick<ArgumentEdit, 'path' | 'before' | 'after'>;

/**
 * The one file that has to differ, as it will be. An argument of the same name is edited where it stands; another one
 * gets a file of its own where the generator reads such.
 */
export function editOfDefaults(state: BootState, change: ArgumentChange): DefaultsEdit | Refused | EntryByHand {
  const files = sourced(state);
  const masked = files.find(({ text }) => text === undefined);
  if (masked) return { refusal: 'unreadFile', detail: masked.path };
  const texts = files.map(({ path, text = '' }): GrubFile => ({ path, text }));
  const own = state.sourcesDropIns ? dropInPath : '/etc/default/grub';
  const first = editOne(texts, files, own, change);
  // `standsElsewhere` names the file in which it stands.
  return 'refusal' in first && first.refusal === 'standsElsewhere' ? editOne(texts, files, first.file, change) : first;
}

/** What the generator reads, in its order. */
function sourced({ defaults, sourcesDropIns }: BootState): readonly BootFile[] {
  return sourcesDropIns ? defaults : defaults.filter(({ path }) => path === '/etc/default/grub');
}

function editOne(
  texts: readonly GrubFile[],
  files: readonly BootFile[],
  path: string,
  change: ArgumentChange,
): DefaultsEdit | Refused {
  const before = files.find((file) => file.path === path);
  const all = before ? texts : withFile(texts, { path, text: path === dropInPath ? dropInHeader : '' });
  const outcome = editDefaults(
    all,
    all.findIndex((file) => file.path === path),
    change,
  );
  if ('refusal' in outcome) return outcome;
  if (outcome.outcome === 'changed') return { path, before, after: outcome.text };
  // It is right as it is; a file that is there stands for all of them.
  return { path: before?.path ?? files[0]?.path ?? path, before: before ?? files[0], after: undefined };
}

/** In the order of names of the shell's glob; the one file that is not a drop-in goes before all of them. */
function withFile(texts: readonly GrubFile[], file: GrubFile): readonly GrubFile[] {
  const isBefore = ({ path }: GrubFile): boolean => path === '/etc/default/grub' || path < file.path;
  if (file.path === '/etc/default/grub') return [file, ...texts];
  return [...texts.filter(isBefore), file, ...texts.filter((other) => !isBefore(other))];
}
