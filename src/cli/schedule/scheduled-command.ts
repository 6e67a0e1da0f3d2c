import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CommanderError, type Command, type Option } from 'commander';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { CommandContext } from '../command-context.ts';
import { imageEntries } from '../../app/problems/tells-images.ts';
import { synchronisedEntries } from '../../app/problems/synchronised.ts';
import { applyToAll, buildProgram, commandNames } from '../program.ts';
import { usageError } from '../parsing/usage-error.ts';
import type { SessionOptions } from '../options/session-options.ts';

/** A command as it will be run later, by a machine, from anywhere. */
export interface ScheduledCommand {
  /** `apply`, `container-logs sync`. */
  readonly path: string;
  readonly args: readonly string[];
  /** Its whole command line; files are absolute, options in the order of its help. */
  readonly words: readonly string[];
  readonly options: ScheduledOptions;
  /** Whether it changes nodes, and so needs a standing approval. */
  readonly changes: boolean;
}

export interface ScheduledOptions extends SessionOptions {
  readonly allow?: readonly string[];
  readonly remedy?: readonly string[];
  /** The file that nodes are made equal to. */
  readonly from?: string;
  /** Where it goes on them. */
  readonly path?: string;
}

/** Where the command will run: on this machine, or in a pod that has none of its files. */
export type Place = 'here' | 'pod';

/** Commands that only read and have something to say each time; those that change say so by `--approval`. */
const readingCommands: ReadonlySet<string> = new Set([
  'doctor',
  'diagnose',
  'plan',
  'bundle',
  ...synchronisedEntries.map(({ meta }) => `${meta.id} diff`),
  'images list',
]);

/** Options that stand for somebody who is there: to approve a change, or to end a watch. */
const attended: ReadonlyMap<string | undefined, 'option' | 'watch'> = new Map([
  ['--yes', 'option'],
  ['--approval', 'option'],
  ['--watch', 'watch'],
]);

/**
 * Commands for one moment, and what does the same again and again: a remedy is held to a standing approval, which these are
 * not.
 */
const sameByRemedy: ReadonlyMap<string, string> = new Map([
  ['images restore', 'restore-images'],
  ['images reseed', 'restore-images'],
  ['images pin', 'pin-images'],
]);

/** Files that say which cluster this is: a pod is told that by its service account. */
const ofThisMachine: ReadonlySet<string> = new Set(['--kubeconfig', '--context']);

/**
 * Reads the words after `--` with the program's own definitions, so that what it will say about a mistake at night is
 * said now.
 * @throws NodemendError USAGE, SCHEDULE_COMMAND_REFUSED, SCHEDULE_FILE_UNREADABLE
 */
export async function scheduledCommand(
  words: readonly string[],
  place: Place,
  context: CommandContext,
): Promise<ScheduledCommand> {
  const command = await parse(words, context);
  const path = pathOf(command);
  if (!canBeScheduled(command)) throw await notScheduled(path, words, context);
  const changes = needsApproval(command);
  const { args } = command;
  const planFile = changes ? args.find((word) => /[./]/.test(word)) : undefined;
  if (planFile !== undefined) throw await refusal('plan', { command: path, typed: planFile }, context);
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
  const typed: string[] = [];
  const options: Record<string, unknown> = {};
  for (const option of given) {
    const long = option.long ?? option.flags;
    const why = attended.get(long);
    if (why !== undefined) throw await refusal(why, { command: path, typed: long }, context);
    const value = settled(option, command.getOptionValue(option.attributeName()), { path, place }, context);
    options[option.attributeName()] = value;
    if (place === 'here' || !ofThisMachine.has(long)) typed.push(...wordsOf(long, value));
  }
  return { path, args, words: [...path.split(' '), ...args, ...typed], options, changes };
}

/** The command that the words lead to, with their values; nothing of it is carried out. */
async function parse(words: readonly string[], context: CommandContext): Promise<Command> {
  let found: Command | undefined;
  const named = commandNames.filter((name) => words[0] === name && name !== 'schedule');
  const program = await buildProgram(context.texts, () => Promise.resolve(), named);
  applyToAll(program, (command) => command.configureOutput({ writeOut: () => {}, writeErr: () => {} }));
  program.hook('preAction', (_program, command) => {
    found = command;
  });
  if (named.length > 0) {
    try {
      await program.parseAsync(words, { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      const shown = usageError(error, program, words);
      if (shown) throw shown;
    }
  }
  if (!found) throw await refusal(words.length === 0 ? 'none' : '', { command: words.join(' ') }, context);
  return found;
}

function notScheduled(path: string, words: readonly string[], context: CommandContext): Promise<NodemendError> {
  const remedy = sameByRemedy.get(path) ?? '';
  const [entry] = imageEntries.filter(({ meta }) => meta.remedies?.includes(remedy));
  if (entry === undefined) return refusal('', { command: path || words.join(' ') }, context);
  return refusal('remedy', { command: path, instead: `apply ${entry.meta.id} --remedy ${remedy}` }, context);
}

function needsApproval({ options }: Command): boolean {
  return options.some(({ long }) => long === '--approval');
}

function canBeScheduled(command: Command): boolean {
  return needsApproval(command) || readingCommands.has(pathOf(command));
}

function pathOf(command: Command): string {
  return command.parent?.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

interface Where {
  readonly path: string;
  readonly place: Place;
}

/** An option's value as it holds later; one that names files is looked at. */
function settled(option: Option, value: unknown, { path, place }: Where, { workingFolder }: CommandContext): unknown {
  if (!option.flags.includes('<file>')) return value;
  const typed = option.long ?? option.flags;
  if (place === 'pod' && !ofThisMachine.has(typed) && typed !== '--from')
    throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'pod', command: path, typed });
  const one = (file: string): string => {
    if (file === '-') throw new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: 'input', command: path, typed });
    const absolute = resolve(workingFolder, file);
    requireUsable(absolute, typed);
    return absolute;
  };
  return Array.isArray(value) ? value.map((file) => one(String(file))) : one(String(value));
}

/** What is written has to have a folder, what is read has to be a file that can be read. */
function requireUsable(path: string, typed: string): void {
  try {
    if (typed === '--out') accessSync(dirname(path), constants.W_OK);
    else if (statSync(path).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    else accessSync(path, constants.R_OK);
  } catch (cause) {
    const fault = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new NodemendError('SCHEDULE_FILE_UNREADABLE', { typed, path, fault }, { cause });
  }
}

function wordsOf(long: string, value: unknown): readonly string[] {
  if (value === true) return [long];
  // `--nodes=-a` would be an option of its own in two words.
  return (Array.isArray(value) ? value : [value]).flatMap((one) =>
    String(one).startsWith('-') ? [`${long}=${String(one)}`] : [long, String(one)],
  );
}

/** With what can be scheduled, read from the commands themselves. */
async function refusal(
  why: '' | 'none' | 'plan' | 'option' | 'remedy' | 'watch',
  params: Readonly<Record<string, string>>,
  context: CommandContext,
): Promise<NodemendError> {
  const program = await buildProgram(context.texts, () => Promise.resolve());
  const leaves = (command: Command): readonly Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
  const choices = leaves(program).filter(canBeScheduled).map(pathOf);
  return new NodemendError('SCHEDULE_COMMAND_REFUSED', { context: why, ...params, choices: choices.join(', ') });
}
