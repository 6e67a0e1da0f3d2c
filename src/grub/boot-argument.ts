/** An argument of the kernel that is to be there, or not: `quiet`, `cgroup.memory=nokmem`. */
export interface BootArgument {
  readonly text: string;
  readonly name: string;
  /** Undefined for a name alone. */
  readonly value: string | undefined;
  /** Its value is a comma-separated set; the kernel takes every member wherever it stands. */
  readonly isSet: boolean;
}

/**
 * Arguments whose values are sets (Linux, Documentation/admin-guide/kernel-parameters.txt). Of any other a second value
 * beside the first is refused, because which of the two counts is that argument's own affair.
 */
const sets: ReadonlySet<string> = new Set(['cgroup.memory', 'cgroup_disable', 'cgroup_no_v1']);

/** What means the same in a shell, with quotes or without, in GRUB's language, and to the kernel. */
const grammar = /^([A-Za-z0-9_][A-Za-z0-9_.-]*)(?:=([A-Za-z0-9_.,:/@%+-]+))?$/u;

/** Undefined for what is not an argument, or would need quotes. */
export function parseBootArgument(text: string): BootArgument | undefined {
  const [, name, value] = grammar.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { text, name, value, isSet: value !== undefined && sets.has(name) };
}

/** The kernel takes `-` and `_` in a name as one (`parameq` in kernel/params.c). */
export function sameName(one: string, other: string): boolean {
  return one.replaceAll('-', '_') === other.replaceAll('-', '_');
}

export function membersOf(value: string): readonly string[] {
  return value.split(',').filter((member) => member !== '');
}
