import type { Command, Option } from 'commander';
import { argumentKind, optionKind, type ValueKind } from './value-kinds.ts';

/** A command as a completion needs it: what may follow it. */
export interface CompletedCommand {
  /** The words behind `nodemend` that lead here, each with a blank before it; empty for nodemend itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly CompletedOption[];
  /** Of the arguments, in order; the last one counts for all that follow when `repeats`. */
  readonly arguments: readonly ValueKind[];
  readonly repeats: boolean;
}

export interface CompletedOption {
  /** `-o` and `--output`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined when it takes no value. */
  readonly value: ValueKind | undefined;
}

/** Every command of a program, from nodemend itself down. */
export function commandTree(program: Command): readonly CompletedCommand[] {
  return below(program, '');
}

function below(command: Command, path: string): readonly CompletedCommand[] {
  const { registeredArguments } = command;
  const own: CompletedCommand = {
    path,
    commands: command.commands.map((child) => ({ name: child.name(), summary: child.summary() })),
    options: command.createHelp().visibleOptions(command).map(completedOption),
    arguments: registeredArguments.map(argumentKind),
    repeats: registeredArguments.at(-1)?.variadic ?? false,
  };
  return [own, ...command.commands.flatMap((child) => below(child, `${path} ${child.name()}`))];
}

function completedOption(option: Option): CompletedOption {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  return { flags, description: option.description, value: optionKind(option) };
}
