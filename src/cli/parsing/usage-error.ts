import type { Command, CommanderError } from 'commander';
import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';

/** Commander's ways to say that it only printed help or the version. */
const notAnError: ReadonlySet<string> = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

interface Mistake {
  readonly message: string;
  /** What commander quoted first, an option without its value's name: the words around it are ours. */
  readonly typed: string;
  /** The command that it happened in. */
  readonly command: Command;
  readonly argv: readonly string[];
}

type Params = Readonly<Record<string, string>>;

/** What each of commander's codes means in our words: a context of the text USAGE, and what fills it. */
const mistakes: Readonly<Record<string, (mistake: Mistake) => Params>> = {
  'commander.unknownCommand': ({ typed, command }) => unknownCommand(typed, command),
  // `nodemend diagnoze` reaches the program itself as an argument that it does not take.
  'commander.excessArguments': ({ command, argv }) =>
    command.parent ? { context: 'excess' } : unknownCommand(argv.find((word) => !word.startsWith('-')) ?? '', command),
  'commander.unknownOption': ({ typed, command }) => {
    // `--out=file` is typed as one word, and `--ouut=file` is near to `--out` only without its value.
    const [name = typed] = typed.split('=', 1);
    const { options } = command;
    if (name !== typed && options.some((one) => one.long === name && one.isBoolean()))
      return { context: 'optionBare', typed: name };
    // As other programs call it: `--json`.
    const formats = options.find(({ long }) => long === '--output')?.argChoices ?? [];
    const format = formats.find((one) => `--${one}` === name);
    if (format !== undefined) return { context: 'optionNear', typed: name, suggestion: `-o ${format}` };
    return near(
      { context: 'option', typed: name },
      name,
      options.flatMap(({ long }) => long ?? []),
    );
  },
  'commander.optionMissingArgument': () => ({ context: 'value' }),
  'commander.missingMandatoryOptionValue': () => ({ context: 'mandatory' }),
  'commander.missingArgument': () => ({ context: 'argument' }),
  'commander.invalidArgument': ({ message }) => ({
    context: 'choice',
    value: /argument '([^']*)' is invalid/.exec(message)?.[1] ?? '',
    choices: /Allowed choices are (.*)\.$/.exec(message)?.[1] ?? '',
  }),
  'commander.conflictingOption': ({ message }) => ({
    context: 'conflict',
    other: optionName(/'[^']*'.*'([^']*)'/.exec(message)?.[1] ?? ''),
  }),
};

/** Undefined when commander threw only to end after help. */
export function usageError(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
): NodemendError | undefined {
  if (notAnError.has(error.code)) return undefined;
  const command = commandOf(program, argv);
  const typed = optionName(/'([^']*)'/.exec(error.message)?.[1] ?? '');
  const told = mistakes[error.code]?.({ message: error.message, typed, command, argv });
  return new NodemendError('USAGE', {
    command: pathOf(command),
    typed,
    problem: error.message.replace(/^error: /, ''),
    ...told,
  });
}

/** `--selector` of `-l, --selector <labels>`; what is not an option's definition stays as it is. */
function optionName(quoted: string): string {
  return /(?:^|, )(--[\w-]+) </.exec(quoted)?.[1] ?? quoted;
}

function unknownCommand(typed: string, command: Command): Params {
  const told = near(
    { context: 'command', typed },
    typed,
    command.commands.map((child) => child.name()),
  );
  const suggestion = told['suggestion'];
  if (!command.parent) return told;
  return suggestion === undefined
    ? { ...told, context: 'subcommand' }
    : { ...told, suggestion: `${pathOf(command)} ${suggestion}` };
}

function near(params: Params, typed: string, known: readonly string[]): Params {
  const suggestion = nearestName(typed, known);
  return suggestion === undefined ? params : { ...params, context: `${params['context'] ?? ''}Near`, suggestion };
}

/** The command that the words lead to; a command's name that comes later is an argument. */
export function commandOf(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const word of argv) {
    const child = command.commands.find((one) => one.name() === word);
    if (child) command = child;
  }
  return command;
}

function pathOf(command: Command): string {
  const names: string[] = [];
  for (let one: Command | null = command; one?.parent; one = one.parent) names.unshift(one.name());
  return names.join(' ');
}
