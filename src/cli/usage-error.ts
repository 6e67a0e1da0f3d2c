import { CommanderError, type Command } from 'commander';
import { nearestName } from '../errors/did-you-mean.ts';
import { NodemendError } from '../errors/nodemend-error.ts';

/** Commander's ways to say that it only printed help or the version. */
const notAnError = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/** Undefined when commander threw only to end after help. */
export function usageError(error: CommanderError, program: Command, argv: readonly string[]): NodemendError | undefined {
  if (notAnError.has(error.code)) return undefined;
  const command = commandOf(program, argv);
  const path = pathOf(command);
  // Commander quotes what was typed in its English message; the words around it are ours.
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const base = { command: path, typed: quoted };
  switch (error.code) {
    case 'commander.unknownCommand':
      return suggested({ ...base, context: 'command' }, quoted, command.commands.map((child) => child.name()));
    case 'commander.unknownOption':
      return suggested({ ...base, context: 'option' }, quoted, command.options.flatMap(({ long }) => (long ? [long] : [])));
    case 'commander.excessArguments':
      // `nodemend diagnoze` reaches the program itself as an argument that it does not take.
      return command === program ? suggested({ ...base, typed: argv[0] ?? '', context: 'command' }, argv[0] ?? '', program.commands.map((child) => child.name())) : usage({ ...base, context: 'excess' });
    case 'commander.optionMissingArgument':
      return usage({ ...base, context: 'value' });
    case 'commander.missingArgument':
      return usage({ ...base, context: 'argument' });
    case 'commander.invalidArgument':
      return invalidValue(error, base);
    case 'commander.conflictingOption':
      return usage({ ...base, context: 'conflict', other: /'[^']*'.*'([^']*)'/.exec(error.message)?.[1] ?? '' });
    default:
      return usage({ ...base, problem: error.message.replace(/^error: /, '') });
  }
}

interface UsageParams {
  readonly command: string;
  readonly typed: string;
  readonly context?: string;
  readonly [name: string]: string | undefined;
}

function usage(params: UsageParams): NodemendError {
  return new NodemendError('USAGE', Object.fromEntries(Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined)));
}

function suggested(params: UsageParams, typed: string, known: readonly string[]): NodemendError {
  const suggestion = nearestName(typed, known);
  return suggestion === undefined ? usage(params) : usage({ ...params, context: `${params.context ?? ''}Near`, suggestion });
}

/** "option '--lang <language>' argument 'fr' is invalid. Allowed choices are ko, en." */
function invalidValue(error: CommanderError, base: UsageParams): NodemendError {
  const [, value = ''] = /argument '([^']*)'/.exec(error.message) ?? [];
  const [, choices] = /Allowed choices are (.*)\.$/.exec(error.message) ?? [];
  return usage({ ...base, context: 'choice', value, choices: choices ?? '' });
}

function commandOf(program: Command, argv: readonly string[]): Command {
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
