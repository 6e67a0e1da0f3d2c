import { readGcfg, type Configuration, type Variable } from './read-gcfg.ts';

/** A boolean of a configuration, by the names of its section and of itself; gcfg compares both without case. */
export interface Switch {
  readonly section: string;
  readonly name: string;
}

/** What to write where: `removed` stands at `at`, in characters of the text, and `added` takes its place. */
export interface Splice {
  readonly at: number;
  readonly removed: string;
  readonly added: string;
}

/** gopkg.in/gcfg.v1/types, BoolValues. */
const booleans: Readonly<Record<string, 'on' | 'off'>> = {
  true: 'on',
  yes: 'on',
  on: 'on',
  '1': 'on',
  false: 'off',
  no: 'off',
  off: 'off',
  '0': 'off',
};

/** What the program makes of it; undefined where it would not start with such a file. */
export function readSwitch(text: string, which: Switch): 'on' | 'off' | 'absent' | undefined {
  const configuration = readGcfg(text);
  if (configuration === undefined) return undefined;
  const states = written(configuration, which).map(({ value }) =>
    value === undefined ? 'on' : booleans[value.toLowerCase()],
  );
  // gcfg refuses a file with another value. Of several the last counts.
  return states.includes(undefined) ? undefined : (states.at(-1) ?? 'absent');
}

/**
 * The smallest edit after which it is on, and all else as it was: its last value becomes `true`, or a line is added
 * under the last header of its section, or both at the end. Undefined where it is on already, where the file cannot be
 * read, and where no such edit leaves everything else as it is.
 */
export function switchOn(text: string, which: Switch): Splice | undefined {
  const configuration = readGcfg(text);
  const now = readSwitch(text, which);
  if (configuration === undefined || now === undefined || now === 'on') return undefined;
  const splice = spliceOf(text, configuration, which);
  const after = spliced(text, splice);
  const isRight = readSwitch(after, which) === 'on' && othersOf(after, which) === othersOf(text, which);
  return isRight ? splice : undefined;
}

export function spliced(text: string, { at, removed, added }: Splice): string {
  return text.slice(0, at) + added + text.slice(at + removed.length);
}

/** The text before; undefined where what was added does not stand there, or would not be added so again. */
export function unspliced(text: string, splice: Splice, which: Switch): string | undefined {
  const { at, removed, added } = splice;
  if (text.slice(at, at + added.length) !== added) return undefined;
  const before = text.slice(0, at) + removed + text.slice(at + added.length);
  return sameSplice(switchOn(before, which), splice) ? before : undefined;
}

export function sameSplice(one: Splice | undefined, other: Splice): boolean {
  return one?.at === other.at && one.removed === other.removed && one.added === other.added;
}

function spliceOf(text: string, configuration: Configuration, which: Switch): Splice {
  const last = written(configuration, which).at(-1);
  if (last !== undefined) return { at: last.from, removed: text.slice(last.from, last.to), added: 'true' };
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const line = `${which.name}=true${newline}`;
  const header = configuration.headers.findLast(
    ({ section, subsection }) => subsection === '' && isCalled(section, which.section),
  );
  const at = header?.end ?? text.length;
  const begins = at === 0 || text[at - 1] === '\n' ? '' : newline;
  return { at, removed: '', added: `${begins}${header ? '' : `[${which.section}]${newline}`}${line}` };
}

/** In a subsection it is another's, which the program passes over. */
function written({ variables }: Configuration, which: Switch): readonly Variable[] {
  return variables.filter(
    ({ section, subsection, name }) =>
      subsection === '' && isCalled(section, which.section) && isCalled(name, which.name),
  );
}

function othersOf(text: string, which: Switch): string {
  const configuration = readGcfg(text);
  const own = new Set(configuration ? written(configuration, which) : []);
  return JSON.stringify(
    configuration?.variables
      .filter((variable) => !own.has(variable))
      .map(({ section, subsection, name, value }) => [section, subsection, name, value ?? null]),
  );
}

/** By Go's strings.EqualFold: simple case folding of Unicode. */
function isCalled(name: string, wanted: string): boolean {
  return name.length === wanted.length && new RegExp(`^${RegExp.escape(name)}$`, 'iu').test(wanted);
}
