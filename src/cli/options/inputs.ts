import { Option, type Command } from 'commander';
import {
  inputList,
  type DeclaredInput,
  type DeclaredInputs,
  type TypedInputs,
} from '../../app/inputs/declared-inputs.ts';
import { collectWords } from './shared.ts';
import type { Translate } from '../../app/texts/texts.ts';

/** Which remedies are asked for beside those that are safe by default. */
export interface RemedyOptions {
  readonly remedy?: readonly string[];
}

export function withRemedies(command: Command, t: Translate): Command {
  return command.addOption(new Option('--remedy <id>', t('option.remedy')).argParser(collectWords));
}

/** To be typed again. */
export function remedyWords({ remedy = [] }: RemedyOptions): readonly string[] {
  return remedy.flatMap((id) => ['--remedy', id]);
}

/** The options of a command for what problems declare as inputs of their remedies. */
export function withInputs(command: Command, declared: readonly DeclaredInputs[]): Command {
  for (const input of inputList(declared)) command.addOption(optionOf(input));
  return command;
}

function optionOf({ name, help, kind, placeholder = 'file' }: DeclaredInput): Option {
  const option = new Option(kind === 'flag' ? `--${name}` : `--${name} <${placeholder}>`, help);
  return kind === 'values' ? option.argParser(collectWords) : option;
}

/** What commander made of the words, which calls an option `--mirror-ca` `mirrorCa`. */
export function typedInputs(options: object, declared: readonly DeclaredInputs[]): TypedInputs {
  const values = new Map<string, unknown>(Object.entries(options));
  return new Map(
    inputList(declared).flatMap(({ name }) => {
      const value = values.get(new Option(`--${name}`).attributeName());
      return isTyped(value) ? [[name, value] as const] : [];
    }),
  );
}

function isTyped(value: unknown): value is true | string | readonly string[] {
  return value === true || typeof value === 'string' || Array.isArray(value);
}
