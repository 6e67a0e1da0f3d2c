import { parse } from 'smol-toml';

export type TomlTable = Readonly<Record<string, unknown>>;

/** Undefined for what is not TOML. */
export function readToml(text: string): TomlTable | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** A table below another; `other` for what is none. */
export function tableAt(root: TomlTable, path: readonly string[]): TomlTable | 'absent' | 'other' {
  let at: unknown = root;
  for (const name of path) {
    if (!isTable(at)) return 'other';
    if (!Object.hasOwn(at, name)) return 'absent';
    at = at[name];
  }
  return isTable(at) ? at : 'other';
}
