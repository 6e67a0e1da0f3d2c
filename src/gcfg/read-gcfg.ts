import { Cursor } from './cursor.ts';

/** A variable as it stands in the file. */
export interface Variable {
  /** Name of its section, and of its subsection where it has one, as they are written. */
  readonly section: string;
  readonly subsection: string;
  readonly name: string;
  /** Undefined for a name without `=`, which a boolean reads as true. */
  readonly value: string | undefined;
  /** Where its value begins and ends, as it is written: quotes and escapes included; where the name ends without one. */
  readonly from: number;
  readonly to: number;
}

/** A section's header. */
export interface Header {
  readonly section: string;
  readonly subsection: string;
  /** Where the line after it begins; the end of the text where there is none. */
  readonly end: number;
}

export interface Configuration {
  readonly headers: readonly Header[];
  readonly variables: readonly Variable[];
}

/**
 * A configuration in the dialect of INI that OpenStack's cloud provider reads (gopkg.in/gcfg.v1 1.2.3, `scanner` and
 * `readIntoPass`): comments begin with `;` or `#`, values may be quoted and go on after a backslash at the end of a
 * line, names count without case. Undefined for what gcfg refuses as a whole; the program would not start with it.
 */
export function readGcfg(text: string): Configuration | undefined {
  // gcfg reads UTF-8, and nothing that holds a NUL.
  if (text.includes('\0') || !text.isWellFormed()) return undefined;
  const cursor = new Cursor(text);
  const headers: Header[] = [];
  const variables: Variable[] = [];
  while (!cursor.isDone) {
    if (cursor.skipEmpty()) continue;
    if (cursor.take('[')) {
      const header = readHeader(cursor);
      if (header === undefined) return undefined;
      headers.push(header);
    } else {
      const at = headers.at(-1);
      const variable = at && readVariable(cursor, at);
      if (variable === undefined) return undefined;
      variables.push(variable);
    }
  }
  return { headers, variables };
}

function readHeader(cursor: Cursor): Header | undefined {
  cursor.skipSpace();
  const section = cursor.identifier();
  if (section === '') return undefined;
  cursor.skipSpace();
  const subsection = cursor.peek() === '"' ? cursor.quoted() : '';
  if (subsection === undefined || (subsection === '' && cursor.peek() === '"')) return undefined;
  cursor.skipSpace();
  if (!cursor.take(']') || !cursor.endOfLine()) return undefined;
  return { section, subsection, end: cursor.at };
}

function readVariable(cursor: Cursor, { section, subsection }: Header): Variable | undefined {
  const name = cursor.identifier();
  if (name === '') return undefined;
  const end = cursor.at;
  cursor.skipSpace();
  if (!cursor.take('='))
    return cursor.endOfLine() ? { section, subsection, name, value: undefined, from: end, to: end } : undefined;
  cursor.skipSpace();
  const value = cursor.value();
  if (value === undefined || !cursor.endOfLine()) return undefined;
  return { section, subsection, name, ...value };
}
