import { membersOf, parseBootArgument, sameName, type BootArgument } from './boot-argument.ts';
import { readArguments, type KernelArgument } from './kernel-arguments.ts';
import {
  commandLines,
  readDefaults,
  type CommandLine,
  type GrubDefaults,
  type GrubFile,
  type Value,
} from './read-defaults.ts';
import { lineOf, type Refused } from './refusal.ts';

export interface ArgumentChange {
  readonly operation: 'add' | 'remove';
  readonly argument: BootArgument;
}

export type EditOutcome =
  | Refused
  /** The file whose bytes differ, whole. */
  | { readonly outcome: 'changed'; readonly text: string; readonly variable: CommandLine; readonly line: number }
  /** The kernel would get it, or not get it, as it is; `by` names the variable that holds it. */
  | { readonly outcome: 'unchanged'; readonly by?: CommandLine };

/**
 * Adds one argument to what GRUB gives the kernel, or takes it away, by changing the bytes of values of one file. What
 * it would not do with certainty it refuses. The result was read again: the kernel's arguments differ by this one and
 * by nothing else.
 * @param files In the order in which they are sourced.
 * @param target Index of the file that may be changed.
 */
export function editDefaults(files: readonly GrubFile[], target: number, change: ArgumentChange): EditOutcome {
  const reading = readForEdit(files, target, change);
  if ('refusal' in reading) return reading;
  const first = change.operation === 'add' ? added(reading) : removed(reading);
  if ('refusal' in first || first.outcome === 'unchanged') return first;
  const edited = change.operation === 'add' ? first : withoutOthers(files, target, change, first);
  return 'refusal' in edited ? edited : proven(reading, edited);
}

function readForEdit(files: readonly GrubFile[], target: number, change: ArgumentChange): Editing | Refused {
  const defaults = readDefaults(files);
  if ('refusal' in defaults) return defaults;
  const read = argumentsOf(defaults);
  return 'refusal' in read ? read : { defaults, target, placed: read.placed, change };
}

type Edited = Extract<EditOutcome, { readonly outcome: 'changed' }>;

/** An argument may stand there more than once. */
function withoutOthers(
  files: readonly GrubFile[],
  target: number,
  change: ArgumentChange,
  first: Edited,
): Edited | Refused {
  const rest = editDefaults(withText(files, target, first.text), target, change);
  if ('refusal' in rest) return rest;
  return rest.outcome === 'changed' ? { ...first, text: rest.text } : first;
}

function withText(files: readonly GrubFile[], target: number, text: string): readonly GrubFile[] {
  return files.map((file, index) => (index === target ? { ...file, text } : file));
}

interface Editing {
  readonly defaults: GrubDefaults;
  readonly target: number;
  readonly placed: readonly PlacedArgument[];
  readonly change: ArgumentChange;
}

interface PlacedArgument extends KernelArgument {
  readonly variable: CommandLine;
}

/** What the kernel gets from both variables. */
function argumentsOf(defaults: GrubDefaults): { readonly placed: readonly PlacedArgument[] } | Refused {
  const placed: PlacedArgument[] = [];
  for (const variable of commandLines) {
    const read = readArguments(defaults.values[variable]);
    if ('refusal' in read) return refusedAt(defaults, read.refusal, read.at ?? defaults.values[variable].at(-1));
    placed.push(...read.list.map((argument) => ({ ...argument, variable })));
  }
  return { placed };
}

function refusedAt(
  { files }: GrubDefaults,
  refusal: Refused['refusal'],
  at: { readonly file: number; readonly offset: number } | undefined,
): Refused {
  const { path, text } = files[at?.file ?? 0] ?? { path: '', text: '' };
  if (!at) return { refusal, file: path };
  const line = lineOf(text, at.offset);
  return { refusal, file: path, line, detail: (text.split('\n')[line - 1] ?? '').trim() };
}

function added(editing: Editing): EditOutcome {
  const { placed, change } = editing;
  const { argument } = change;
  const inTheWay = placed.find(({ text }) => text === '--');
  if (inTheWay) return refusedAt(editing.defaults, 'initArguments', inTheWay.parts[0]);
  const unclear = unclearNeighbour(editing);
  if (unclear) return unclear;
  const same = placed.filter(({ text }) => sameName(nameOf(text), argument.name));
  const missing = missingMembers(argument, same);
  if (missing.length === 0) return { outcome: 'unchanged', ...byWhich(same) };
  const last = same.at(-1);
  if (!last) return inserted(editing);
  return argument.isSet
    ? replaced(editing, last, `${last.text.replace(/,$/u, '')},${missing.join(',')}`)
    : refusedAt(editing.defaults, 'otherValue', last.parts[0]);
}

function byWhich(same: readonly PlacedArgument[]): { readonly by?: CommandLine } {
  const [first] = same;
  return first ? { by: first.variable } : {};
}

function nameOf(text: string): string {
  return text.split('=', 1)[0] ?? '';
}

/** What of the argument is not there yet: members of a set, or all of it. */
function missingMembers(argument: BootArgument, same: readonly PlacedArgument[]): readonly string[] {
  if (!argument.isSet) return same.some(({ text }) => isSame(text, argument)) ? [] : [argument.text];
  const present = new Set(same.flatMap(({ text }) => membersOf(parseBootArgument(text)?.value ?? '')));
  return membersOf(argument.value ?? '').filter((member) => !present.has(member));
}

/** The same argument; the value is compared to the letter. */
function isSame(text: string, { name, value }: BootArgument): boolean {
  const [written = '', ...rest] = text.split('=');
  return sameName(written, name) && (rest.length === 0 ? undefined : rest.join('=')) === value;
}

/** The argument's name within one whose text GRUB makes something else of: it may be the argument, or not. */
function unclearNeighbour({ placed, defaults, change }: Editing): Refused | undefined {
  const unclear = placed.find(
    ({ text, isQuoted }) => isQuoted && text.replaceAll('-', '_').includes(change.argument.name.replaceAll('-', '_')),
  );
  return unclear && refusedAt(defaults, 'notVerbatim', unclear.parts[0]);
}

function removed(editing: Editing): EditOutcome {
  const { placed, change } = editing;
  const unclear = unclearNeighbour(editing);
  if (unclear) return unclear;
  const found = placed.findLast(({ text }) => holds(text, change.argument));
  if (!found) return { outcome: 'unchanged' };
  return change.argument.isSet ? withoutMembers(editing, found) : replaced(editing, found, '');
}

function holds(text: string, argument: BootArgument): boolean {
  if (!argument.isSet) return isSame(text, argument);
  if (!sameName(nameOf(text), argument.name)) return false;
  const present = membersOf(text.slice(nameOf(text).length + 1));
  return membersOf(argument.value ?? '').some((member) => present.includes(member));
}

function withoutMembers(editing: Editing, found: PlacedArgument): EditOutcome {
  const gone = new Set(membersOf(editing.change.argument.value ?? ''));
  const name = nameOf(found.text);
  const left = membersOf(found.text.slice(name.length + 1)).filter((member) => !gone.has(member));
  return replaced(editing, found, left.length === 0 ? '' : `${name}=${left.join(',')}`);
}

/** Other text in the place of an argument; none takes a blank beside it away too. */
function replaced(editing: Editing, { parts, text, variable }: PlacedArgument, wanted: string): EditOutcome {
  const { defaults, target } = editing;
  const [first] = parts;
  const file = defaults.files[first?.file ?? target];
  if (!first || !file) return { refusal: 'notVerbatim', file: '' };
  if (!file.text.startsWith(text, first.offset)) return refusedAt(defaults, 'notVerbatim', first);
  if (first.file !== target) return refusedAt(defaults, 'standsElsewhere', first);
  const end = first.offset + text.length;
  const [from, to] = wanted === '' ? withBlank(defaults.values[variable], first.offset, end) : [first.offset, end];
  return changedText(editing, variable, { from, to, text: wanted });
}

/** The blank before it, or else the one behind it, if it is written directly beside it. */
function withBlank(value: Value, from: number, to: number): readonly [number, number] {
  const isBlankAt = (offset: number): boolean =>
    value.some((part) => part.offset === offset && 'character' in part && /[ \t]/u.test(part.character));
  if (isBlankAt(from - 1)) return [from - 1, to];
  return isBlankAt(to) ? [from, to + 1] : [from, to];
}

function changedText(
  { defaults, target }: Editing,
  variable: CommandLine,
  { from, to, text }: { readonly from: number; readonly to: number; readonly text: string },
): EditOutcome {
  const before = defaults.files[target]?.text ?? '';
  const after = before.slice(0, from) + text + before.slice(to);
  return { outcome: 'changed', text: after, variable, line: lineOf(after, from + (text.startsWith('\n') ? 1 : 0)) };
}

/** Behind what its last assignment in the file gives, in its own quotes. */
function inserted(editing: Editing): EditOutcome {
  const { defaults, target, change } = editing;
  const [variable] = commandLines;
  const text = defaults.files[target]?.text ?? '';
  const last = defaults.assignments.findLast(({ name, file }) => name === variable && file === target);
  if (!last) return appendedLine(editing, text);
  const { start, end, closing, parts } = last.value;
  const written = text.slice(start, end);
  const isFirst = parts.length === 0 && !last.appends;
  const more = isFirst ? change.argument.text : ` ${change.argument.text}`;
  if (closing !== undefined) return changedText(editing, variable, { from: end - 1, to: end - 1, text: more });
  if (isFirst) return changedText(editing, variable, { from: end, to: end, text: more });
  // A value without quotes gets them; one that has some within gets a part more.
  return /[\\'"`]/u.test(written)
    ? changedText(editing, variable, { from: end, to: end, text: `"${more}"` })
    : changedText(editing, variable, { from: start, to: end, text: `"${written}${more}"` });
}

function appendedLine(editing: Editing, text: string): EditOutcome {
  const { defaults, target, change } = editing;
  const [variable] = commandLines;
  const isSetBefore = defaults.assignments.some(({ name, file }) => name === variable && file < target);
  const value = isSetBefore ? `$${variable} ${change.argument.text}` : change.argument.text;
  const separator = text === '' || text.endsWith('\n') ? '' : '\n';
  return changedText(editing, variable, {
    from: text.length,
    to: text.length,
    text: `${separator}${variable}="${value}"\n`,
  });
}

/** Reads the changed file as the unchanged one was read. */
function proven(editing: Editing, edited: Edited): EditOutcome {
  const { defaults, target, placed, change } = editing;
  const after = readForEdit(withText(defaults.files, target, edited.text), target, change);
  if ('refusal' in after) return after;
  const isOther = ({ text }: PlacedArgument): boolean => !sameName(nameOf(text), change.argument.name);
  const others = (list: readonly PlacedArgument[]): string =>
    list
      .filter(isOther)
      .map(({ variable, text }) => `${variable} ${text}`)
      .join('\n');
  const same = after.placed.filter((argument) => !isOther(argument));
  const isDone =
    change.operation === 'add'
      ? missingMembers(change.argument, same).length === 0
      : !same.some(({ text }) => holds(text, change.argument));
  if (isDone && others(placed) === others(after.placed)) return edited;
  const later = defaults.assignments.findLast(({ name, file }) => name === edited.variable && file !== target);
  return later ? refusedAt(defaults, 'overridden', { file: later.file, offset: later.value.start }) : unproven(editing);
}

/** One text is used in two places. */
function unproven({ defaults, target }: Editing): Refused {
  return { refusal: 'expansion', file: defaults.files[target]?.path ?? '' };
}
