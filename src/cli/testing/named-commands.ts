import type { Command, Option } from 'commander';

/** A command of nodemend that a text for people names: `nodemend history --from-nodes --via ssh lists the runs …`. */
export interface NamedCommand {
  /** What is to be typed behind `nodemend`. */
  readonly words: readonly string[];
  /** What the real command line would not take, in words; empty where it would. */
  readonly faults: readonly string[];
  /** Whether a person has to put something in its place: `FILE`, `<run>`, `{{command}}`. */
  readonly hasPlaceholder: boolean;
}

/** The words around a command are prose: it ends where neither a command, an option nor an argument can follow. */
export function namedCommands(program: Command, text: string): readonly NamedCommand[] {
  return [...text.matchAll(/(?<![\w/.@-])nodemend (?=[\x21-\x7e])/g)].flatMap(({ index }) => {
    const named = readCommand(program, text.slice(index + 'nodemend '.length).split(/\s+/));
    return named.words.length === 0 ? [] : [named];
  });
}

/** Options that a text names beside commands: `Pass --kubeconfig FILE, or …`. */
export function namedOptions(text: string): readonly string[] {
  return [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*[a-z]/g)].map(([option]) => option);
}

const placeholder = /^(?:[A-Z][A-Z_]*|<.*>|\{\{\w+\}\}|…)$/;

function readCommand(program: Command, tokens: readonly string[]): NamedCommand {
  const own = untilPunctuation(tokens);
  const path = commandsIn(program, own);
  const command = path.at(-1) ?? program;
  const parts = partsOf([command, program], own.slice(path.length));
  const words = [...own.slice(0, path.length), ...parts.map(({ word }) => word)];
  const unknown = parts.filter(
    ({ word, kind }) => kind === 'option' && optionOf([command, program], word) === undefined,
  );
  const excess = parts.filter(({ word, kind }) => kind === 'argument' && word !== '…').slice(mostArguments(command));
  return {
    words,
    faults: [...unknown, ...excess].map(({ word }) => `nodemend ${command.name()} does not take ${word}`),
    hasPlaceholder: words.some((word) => placeholder.test(word)),
  };
}

/** Tokens without the punctuation and the letters of a sentence behind them, which end a command. */
function untilPunctuation(tokens: readonly string[]): readonly string[] {
  const words = tokens.map((token) => (/^[\x21-\x7e…]+/.exec(token)?.[0] ?? '').replace(/[.,;:?)]+$/, ''));
  const last = words.findIndex((word, index) => word !== tokens[index]);
  return (last === -1 ? words : words.slice(0, last + 1)).filter((word) => word !== '');
}

/** The commands, each below the one before it, that the first words are. */
function commandsIn(program: Command, [word, ...more]: readonly string[]): readonly Command[] {
  const child = program.commands.find((one) => one.name() === word);
  return child === undefined ? [] : [child, ...commandsIn(child, more)];
}

interface Part {
  readonly word: string;
  readonly kind: 'option' | 'value' | 'argument';
}

function partsOf([command, program]: readonly [Command, Command], words: readonly string[]): readonly Part[] {
  const parts: Part[] = [];
  for (const word of words) {
    const before = parts.at(-1);
    const takesValue = before?.kind === 'option' && optionOf([command, program], before.word)?.required;
    if (takesValue) parts.push({ word, kind: 'value' });
    else if (/^--?[a-z]/.test(word)) parts.push({ word, kind: 'option' });
    else if (command !== program && isArgument(word)) parts.push({ word, kind: 'argument' });
    else break;
  }
  return parts;
}

function mostArguments({ registeredArguments }: Command): number {
  return registeredArguments.at(-1)?.variadic ? Infinity : registeredArguments.length;
}

/** What is not a word of a sentence: a placeholder, a file, an id of a run or of a problem. */
function isArgument(word: string): boolean {
  return placeholder.test(word) || /[\d/.]/.test(word) || /^[a-z]+(?:-[a-z]+)+$/.test(word);
}

function optionOf(commands: readonly Command[], word: string): Option | undefined {
  return commands
    .flatMap((one) => [...one.options, ...one.createHelp().visibleOptions(one)])
    .find(({ long, short }) => word === long || word === short);
}
