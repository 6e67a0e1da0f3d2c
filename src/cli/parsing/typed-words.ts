import type { Command, Option } from 'commander';

/**
 * The words of a command line as the program's grammar has them, from what hands that are used to kubectl type:
 *
 * - `help plan` is `plan --help`;
 * - `-o=json` is `-o json` (pflag takes both);
 * - options of a command may stand before it: `--context prod diagnose`;
 * - help of a command that does not exist is a mistake, not the list of commands.
 */
export function typedWords(program: Command, argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  // What follows is another command's, and kept as it is: of `schedule install -- apply …`.
  const [own, others] = end === -1 ? [argv, []] : [argv.slice(0, end), argv.slice(end)];
  return [...ownWords(program, own), ...others];
}

function ownWords(program: Command, argv: readonly string[]): readonly string[] {
  const words = afterCommand(program, withHelpLast(argv).flatMap(apartFromValue));
  const [first = '--', ...rest] = withoutLanguage(words);
  const isCommand = program.commands.some((command) => command.name() === first);
  const isHelpOnly = isCommand || [first, ...rest].every((word) => word.startsWith('-'));
  return isHelpOnly ? words : words.filter((word) => word !== '--help' && word !== '-h');
}

function withHelpLast([first, ...rest]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  return first === 'help' ? [...rest, '--help'] : [first, ...rest];
}

function apartFromValue(word: string): readonly string[] {
  const short = /^(?<name>-[A-Za-z])=(?<value>[^]*)$/.exec(word)?.groups;
  return short === undefined ? [word] : [short['name'] ?? '', short['value'] ?? ''];
}

/** Without the one option of the program itself that has a value, where that is first: `--lang ko --help`. */
function withoutLanguage([first, ...rest]: readonly string[]): readonly string[] {
  if (first === '--lang') return rest.slice(1);
  return first === undefined || first.startsWith('--lang=') ? rest : [first, ...rest];
}

/** The first word that is a command and has before it nothing but options that this command knows comes first. */
function afterCommand(program: Command, words: readonly string[]): readonly string[] {
  for (const at of words.keys()) {
    const path = commandPath(program, words.slice(at));
    const command = path.at(-1);
    if (command === undefined || at === 0) continue;
    // Of a command that only has others its help is asked for; the language is then the program's own.
    if (command.commands.length > 0) return words;
    const before = words.slice(0, at);
    if (!areOptionsOf([command, program], before)) continue;
    return [...path.map((one) => one.name()), ...before, ...words.slice(at + path.length)];
  }
  return words;
}

/** The commands that the first words are, each of the one before it: `images`, `list`. */
function commandPath(within: Command, [word, ...rest]: readonly string[]): readonly Command[] {
  const command = within.commands.find((one) => one.name() === word);
  return command === undefined ? [] : [command, ...commandPath(command, rest)];
}

function areOptionsOf(commands: readonly Command[], words: readonly string[]): boolean {
  const options = commands.flatMap((command) => command.options);
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const option = optionOf(options, word);
    if (option === undefined) return false;
    if (option.required && !word.includes('=')) at++;
    if (at >= words.length) return false;
  }
  return true;
}

function optionOf(options: readonly Option[], word: string): Option | undefined {
  const name = word.split('=', 1)[0] ?? word;
  return options.find(({ long, short }) => name === long || name === short);
}
