import { Cursor } from './cursor.ts';
import { skipComment } from './skip.ts';
import type { GrubRefusal } from './refusal.ts';
import { plainText, readWord, type Word } from './word.ts';

/** `NAME=value`, `NAME+=value`, alone, beside others, or behind `export`. */
export interface Assignment {
  readonly name: string;
  readonly appends: boolean;
  readonly value: Word;
  /** Behind `&&` or `||`, or between `if` and `fi`: it may not be carried out. */
  readonly isConditional: boolean;
  /** Behind `export` some shells split what an unquoted variable holds (dash does, bash does not). */
  readonly isExported: boolean;
}

export interface Statements {
  readonly assignments: readonly Assignment[];
  readonly stopped: { readonly refusal: GrubRefusal; readonly line: number } | undefined;
}

/** Commands that set no variable but those that are named to them; for `export` they are read as assignments are. */
const harmless = new Set(['[', 'test', ':', 'true', 'false', 'echo', 'export']);

/** The words of a condition, and behind which each may stand. */
const conditions: ReadonlyMap<string, readonly string[]> = new Map([
  ['if', []],
  ['then', ['if', 'elif']],
  ['elif', ['then']],
  ['else', ['then']],
  ['fi', ['then', 'else']],
]);

/**
 * Every assignment of a file that `/bin/sh` sources, in order. Reading ends at the first thing that could assign in a
 * way that is not seen here.
 */
export function readStatements(text: string): Statements {
  const cursor = new Cursor(text);
  const state: State = { assignments: [], open: [], isWanting: false, isChained: false };
  const carriageReturn = text.indexOf('\r');
  if (carriageReturn >= 0) cursor.stop('carriageReturn', carriageReturn);
  while (!cursor.isDone) readCommand(cursor, state);
  if (state.isChained || state.open.length > 0) cursor.stop('shellSyntax');
  return { assignments: state.assignments, stopped: cursor.stopped };
}

interface State {
  readonly assignments: Assignment[];
  /** The word of each open condition that was read last. */
  readonly open: string[];
  /** A command has to follow: after `if`, `then` and their like. */
  isWanting: boolean;
  /** The command before ended with `&&` or `||`. */
  isChained: boolean;
}

/** Up to and with what ends it. */
function readCommand(cursor: Cursor, state: State): void {
  const command: Command = { name: undefined, assigned: 0 };
  while (!cursor.isDone) {
    skipBlanks(cursor);
    if (cursor.isDone || endsHere(cursor, state, command)) return;
    if (cursor.peek() === '<' || cursor.peek() === '>') readRedirection(cursor, command);
    else readPart(cursor, state, command);
  }
}

interface Command {
  name: string | undefined;
  /** Assignments before its name: they are the command's own then. */
  assigned: number;
}

/** Blanks, continued lines and a comment. */
function skipBlanks(cursor: Cursor): void {
  for (;;) {
    if (cursor.peek() === ' ' || cursor.peek() === '\t') cursor.take();
    else if (cursor.startsWith('\\\n')) cursor.take(2);
    else if (cursor.peek() === '#') skipComment(cursor);
    else return;
  }
}

function endsHere(cursor: Cursor, state: State, command: Command): boolean {
  const isEmpty = command.name === undefined && command.assigned === 0;
  const [ending = ''] = cursor.match(/\n|&&|\|\||;;|[&|();]/y) ?? [];
  if (ending === '') return false;
  if (isEmpty) readEmpty(cursor, ending);
  else if (endings.has(ending)) state.isChained = endings.get(ending) ?? false;
  else cursor.stop('structure');
  cursor.take(ending.length);
  return true;
}

/** An empty line is one; an operator needs a command before it. */
function readEmpty(cursor: Cursor, ending: string): void {
  if (ending === '(') cursor.stop('structure');
  else if (ending !== '\n') cursor.stop('shellSyntax');
}

/** What ends a command, and whether the next one depends on it. */
const endings: ReadonlyMap<string, boolean> = new Map([
  ['\n', false],
  [';', false],
  ['&&', true],
  ['||', true],
]);

function readRedirection(cursor: Cursor, command: Command): void {
  if (command.name === undefined || cursor.startsWith('<<')) return cursor.stop('structure');
  cursor.take();
  if (cursor.peek() === '>' || cursor.peek() === '&') cursor.take();
  skipBlanks(cursor);
  readWord(cursor);
}

const assignmentStart = /([A-Za-z_][A-Za-z0-9_]*)(\+?)=/y;

function readPart(cursor: Cursor, state: State, command: Command): void {
  const began = cursor.match(assignmentStart);
  if (began && (command.name === undefined || command.name === 'export')) {
    cursor.take(began[0].length);
    const isConditional = state.isChained || state.open.length > 0;
    const isExported = command.name === 'export';
    const [, name = '', plus] = began;
    state.assignments.push({ name, appends: plus === '+', value: readWord(cursor), isConditional, isExported });
    command.assigned += 1;
    state.isWanting = false;
    return;
  }
  const { offset } = cursor;
  // Empty for a name that only the running shell knows: no command has that one.
  const word = { text: plainText(readWord(cursor)) ?? '', offset };
  if (command.name === undefined) beginCommand(cursor, state, command, word);
  else if (command.name === 'export' && !/^[A-Za-z_][A-Za-z0-9_]*$/u.test(word.text)) cursor.stop('command', offset);
}

interface CommandWord {
  readonly text: string;
  readonly offset: number;
}

function beginCommand(cursor: Cursor, state: State, command: Command, word: CommandWord): void {
  const { text, offset } = word;
  if (command.assigned === 0 && conditions.has(text)) readCondition(cursor, state, command, word);
  else if (structures.has(text)) cursor.stop('structure', offset);
  else if (command.assigned > 0 || !harmless.has(text)) cursor.stop('command', offset);
  else {
    command.name = text;
    state.isWanting = false;
  }
}

/** Each closes what the word before it began, and behind each but the last a command has to follow. */
function readCondition(cursor: Cursor, state: State, command: Command, { text, offset }: CommandWord): void {
  const isPlaced = text === 'if' || conditions.get(text)?.includes(state.open.at(-1) ?? '');
  if (!isPlaced || state.isWanting) return cursor.stop('shellSyntax', offset);
  if (text !== 'if') state.open.pop();
  if (text === 'fi') {
    // Only the end of the command may follow, or a list that depends on it.
    command.name = ':';
    return;
  }
  state.open.push(text);
  state.isWanting = true;
}

const structures = new Set(['case', 'for', 'while', 'until', 'function', '{', '!', '[[']);
