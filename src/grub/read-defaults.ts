import type { GrubRefusal, Refused } from './refusal.ts';
import { lineOf } from './refusal.ts';
import { readStatements, type Assignment } from './statements.ts';
import type { WordPart } from './word.ts';

/** A file as it is read: each character is one byte (latin1), so that offsets are those of bytes. */
export interface GrubFile {
  readonly path: string;
  readonly text: string;
}

/** A character of a value and where it is written, or a part whose text only the running shell knows. */
export type ValuePart =
  | { readonly character: string; readonly file: number; readonly offset: number }
  | { readonly unknown: GrubRefusal; readonly file: number; readonly offset: number };

export type Value = readonly ValuePart[];

/** The two variables that become arguments of the kernel, in this order (grub-mkconfig, `10_linux`). */
export const commandLines = ['GRUB_CMDLINE_LINUX', 'GRUB_CMDLINE_LINUX_DEFAULT'] as const;

export type CommandLine = (typeof commandLines)[number];

export interface PlacedAssignment extends Assignment {
  readonly file: number;
}

export interface GrubDefaults {
  readonly files: readonly GrubFile[];
  readonly assignments: readonly PlacedAssignment[];
  /** What each has in the end; a variable that was never set is empty. */
  readonly values: Readonly<Record<CommandLine, Value>>;
  /** `NAME+=value` is bash's: where `/bin/sh` is dash, grub-mkconfig fails at it. */
  readonly needsBash: boolean;
  /** Entries of the Boot Loader Specification are in use: their arguments are not made from this file. */
  readonly usesBootLoaderEntries: boolean;
}

/**
 * What `grub-mkconfig` gets when it sources `/etc/default/grub`, and on Debian and Ubuntu `/etc/default/grub.d/*.cfg`
 * behind it, in the order of the shell's glob.
 * @param files In the order in which they are sourced.
 */
export function readDefaults(files: readonly GrubFile[]): GrubDefaults | Refused {
  const assignments: PlacedAssignment[] = [];
  for (const [file, { path, text }] of files.entries()) {
    if (file === 0 && isForeign(text)) return { refusal: 'notGrubDefaults', file: path };
    const template = /\{\{|\{%|<%|%>/u.exec(text);
    if (template) return { refusal: 'template', file: path, line: lineOf(text, template.index), detail: template[0] };
    const { assignments: found, stopped } = readStatements(text);
    if (stopped)
      return { refusal: stopped.refusal, file: path, line: stopped.line, detail: lineAt(text, stopped.line) };
    assignments.push(...found.map((assignment) => ({ ...assignment, file })));
  }
  return evaluated(files, assignments);
}

function lineAt(text: string, line: number): string {
  return (text.split('\n')[line - 1] ?? '').trim();
}

/** Nothing of GRUB's is in it, nor is it a file that says nothing yet. */
function isForeign(text: string): boolean {
  const saysSomething = text.split('\n').some((line) => !/^\s*(#|$)/u.test(line));
  return saysSomething && !/^\s*(export\s+)?GRUB_[A-Z0-9_]+\+?=/mu.test(text);
}

function evaluated(files: readonly GrubFile[], assignments: readonly PlacedAssignment[]): GrubDefaults {
  const variables = new Map<string, Value>();
  for (const assignment of assignments) {
    const before = assignment.appends ? (variables.get(assignment.name) ?? []) : [];
    variables.set(assignment.name, assignedValue(assignment, before, variables));
  }
  const textOf = (name: string): string | undefined => textOfValue(variables.get(name) ?? []);
  return {
    files,
    assignments,
    values: {
      GRUB_CMDLINE_LINUX: variables.get('GRUB_CMDLINE_LINUX') ?? [],
      GRUB_CMDLINE_LINUX_DEFAULT: variables.get('GRUB_CMDLINE_LINUX_DEFAULT') ?? [],
    },
    needsBash: assignments.some(({ appends }) => appends),
    usesBootLoaderEntries: textOf('GRUB_ENABLE_BLSCFG') === 'true',
  };
}

function assignedValue(
  { value, file, isConditional, isExported }: PlacedAssignment,
  before: Value,
  variables: ReadonlyMap<string, Value>,
): Value {
  if (isConditional) return [{ unknown: 'conditional', file, offset: value.start }];
  const assigned = [...before];
  for (const part of value.parts) {
    assigned.push(...partValue(part, file, isExported, variables));
    if (assigned.length > longest) return [{ unknown: 'expansion', file, offset: value.start }];
  }
  return assigned;
}

/** A kernel takes 2,048 characters (x86) or 4,096; a value that doubles itself from line to line ends here. */
const longest = 16_384;

function partValue(part: WordPart, file: number, isExported: boolean, variables: ReadonlyMap<string, Value>): Value {
  const { offset } = part;
  if (part.kind === 'character') return [{ character: part.character, file, offset }];
  if (part.kind === 'unknown') return [{ unknown: part.refusal, file, offset }];
  const known = variables.get(part.name) ?? (part.name.startsWith('GRUB_CMDLINE_') ? [] : undefined);
  // What comes from the environment, or is split at blanks, is known to the running shell alone.
  if (!known || (isExported && !part.isQuoted)) return [{ unknown: 'expansion', file, offset }];
  return known;
}

/** Undefined where a part of it is unknown. */
export function textOfValue(value: Value): string | undefined {
  let text = '';
  for (const part of value) {
    if (!('character' in part)) return undefined;
    text += part.character;
  }
  return text;
}
