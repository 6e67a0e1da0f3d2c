import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { nearestName } from '../src/errors/did-you-mean.ts';

/** Commands, what follows them, and what they do. NODE must be there, [NODE] may, [WORD…] may be any number. */
const uses = [
  ['up', '', 'a control plane and nodes, ready to use'],
  ['build', '', 'builds, or finds, all programs that up can need'],
  ['build-vm', '', 'makes, or finds, the disk of the virtual machine'],
  ['status', '', 'what is there, and where'],
  ['shell', 'NODE', 'a root shell on a node'],
  ['ssh', 'NODE [COMMAND…]', "a login, or a command, as the node's user"],
  ['reboot', 'NODE', 'systemctl reboot, and back'],
  ['power-cut', 'NODE', 'ends it in the middle of everything; what it has not synced is lost'],
  ['start', 'NODE', 'a node that was powered off, or whose start is being waited for'],
  ['boot-delay', 'NODE SECONDS|never', 'makes every start from now on late, or not come at all; 0 ends that'],
  ['fill', 'NODE 92%', "fills the node's disk"],
  ['partition', 'NODE', 'cuts the node off: what is sent is lost'],
  ['heal', 'NODE', 'ends that'],
  ['kill-api-server', '', 'in the middle of everything; it is started again'],
  ['stop-registry', 'NAME', 'its host refuses connections'],
  ['resume-registry', 'NAME', 'ends that'],
  ['load-image', '[ARCHIVE]', "gives every node nodemend's own image (npm run image), or another"],
  ['down', '', 'leaves nothing'],
] as const;

const optionsOfUp = [
  ['[--containerd 2] [--containerd2 0] [--docker 0]', 'how many nodes with which runtime'],
  ['[--stand-in]', 'Docker nodes without a kubelet: the testbed writes their Node objects'],
  ['[--user-script FILE]', 'what every node runs at its first boot, before it joins, as on NKS'],
  ['[--grub]', "nodes with Debian's own GRUB, whose packages are fetched into the cache"],
  ['[--closed NODE,NODE]', 'nodes that reach the API server, the bastion and mirror.test, and nothing else'],
] as const;

export type CommandName = (typeof uses)[number][0];

const commands: readonly string[] = uses.map(([name]) => name);

const options = {
  help: { type: 'boolean', short: 'h' },
  name: { type: 'string' },
  containerd: { type: 'string' },
  containerd2: { type: 'string' },
  docker: { type: 'string' },
  'stand-in': { type: 'boolean' },
  grub: { type: 'boolean' },
  closed: { type: 'string' },
  'user-script': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

const ofEveryCommand = ['help', 'name'];

type OptionValues = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>['values'];

export interface CommandLine {
  readonly command: CommandName;
  /** What follows the command, as many words as it takes. */
  readonly words: readonly string[];
  readonly values: OptionValues;
}

/** What was typed is not what a testbed takes; the message says what it does take. */
export class UsageError extends Error {}

export function usage(): string {
  const column = 35;
  const line = (typed: string, says: string): string =>
    // A line too long for the column has its words on the next one.
    `  ${typed.padEnd(column)}${typed.length < column ? '' : `\n${' '.repeat(column + 2)}`}${says}`.trimEnd();
  return [
    'npm run testbed -- COMMAND [--name NAME]',
    ...uses.flatMap(([name, words, says]) => [
      line(`${name} ${words}`, says),
      ...(name === 'up' ? optionsOfUp.map(([option, does]) => line(`   ${option}`, does)) : []),
    ]),
  ].join('\n');
}

/**
 * Undefined where the usage was asked for. What follows `--` is never an option: `ssh NODE -- ls -l`.
 *
 * @throws UsageError
 */
export function readCommandLine(args: readonly string[]): CommandLine | undefined {
  const { values, positionals } = parsed(args);
  const [command, ...words] = positionals;
  if (values.help === true || command === 'help') return undefined;
  if (command === undefined) throw new UsageError(`No command was given\n\n${usage()}`);
  if (!isCommand(command)) throw unknown('command', command, commands);
  const foreign = Object.keys(values).find((name) => command !== 'up' && !ofEveryCommand.includes(name));
  if (foreign !== undefined) throw new UsageError(`${command} takes no --${foreign}; up does\n  next: ${toHelp}`);
  checkCount(command, words);
  return { command, words, values };
}

const toHelp = 'npm run testbed -- --help';

function parsed(args: readonly string[]): { readonly values: OptionValues; readonly positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const option = /^Unknown option '(-[^']*)'/.exec(error.message)?.[1];
    if (option !== undefined) throw unknown('option', option, optionNames());
    // parseArgs says for itself which option lacks its value, or takes none.
    throw new UsageError(`${error.message.split('\n', 1)[0]}\n  next: ${toHelp}`);
  }
}

function optionNames(): readonly string[] {
  return Object.keys(options).map((name) => `--${name}`);
}

function unknown(what: string, typed: string, known: readonly string[]): UsageError {
  const near = nearestName(typed, known);
  const meant = near === undefined ? '' : `; ${near} is one`;
  return new UsageError(`There is no ${what} ${typed}${meant}\n  there are: ${known.join(', ')}\n  next: ${toHelp}`);
}

function isCommand(word: string): word is CommandName {
  return commands.includes(word);
}

function checkCount(command: CommandName, words: readonly string[]): void {
  const [, follows = ''] = uses.find(([name]) => name === command) ?? [];
  const taken = follows.split(' ').filter((word) => word !== '');
  const needed = taken.filter((word) => !word.startsWith('['));
  const most = taken.some((word) => word.endsWith('…]')) ? Infinity : taken.length;
  if (words.length >= needed.length && words.length <= most) return;
  const takes = taken.length === 0 ? 'no further words' : taken.join(' ');
  const given = words.length === 0 ? 'nothing' : words.join(' ');
  throw new UsageError(`${command} takes ${takes}, not ${given}\n  next: ${toHelp}`);
}
