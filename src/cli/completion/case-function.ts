import type { CompletedCommand } from './command-tree.ts';
import { quoted } from './quote.ts';
import type { ValueKind } from './value-kinds.ts';

/** What a function of bash or zsh does for some values of its subject. */
interface Case {
  readonly patterns: readonly string[];
  readonly body: string;
}

/** How one shell is told things. */
interface ShellWords {
  /** What stands behind a command: its commands and options. */
  readonly behind: (command: CompletedCommand) => string;
  readonly kind: (value: ValueKind) => string;
}

/** The functions that bash and zsh ask: what stands behind a command, behind an option, and which argument comes next. */
export function caseFunctions(tree: readonly CompletedCommand[], { behind, kind }: ShellWords): readonly string[] {
  const commands = tree.map((command) => ({ patterns: [quoted(command.path)], body: behind(command) }));
  const values = tree.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined ? [] : [{ patterns: flags.map((flag) => quoted(`${path} ${flag}`)), body: kind(value) }],
    ),
  );
  const numbered = tree.flatMap(({ path, arguments: all, repeats }) =>
    all.map((value, index) => ({
      patterns: numberPatterns(path, index, repeats && index === all.length - 1),
      body: kind(value),
    })),
  );
  return [
    caseFunction('_nodemend_behind', '"$1"', commands),
    caseFunction('_nodemend_value', '"$1 $2"', values),
    caseFunction('_nodemend_argument', '"$1 $2"', numbered),
  ];
}

/**
 * Options of many commands have the same values: one case each, with all their patterns. No two cases match the same.
 */
function caseFunction(name: string, subject: string, cases: readonly Case[]): string {
  const merged = [...Map.groupBy(cases, ({ body }) => body)].map(
    ([body, same]) => `    ${same.flatMap(({ patterns }) => patterns).join(' | ')}) ${body} ;;\n`,
  );
  return `${name}() {\n  case ${subject} in\n${merged.join('')}  esac\n}\n`;
}

/**
 * The patterns of `PATH NUMBER` for one argument; of the last one, when it repeats, for a few dozen that follow, too.
 */
function numberPatterns(path: string, index: number, repeats: boolean): readonly string[] {
  if (!repeats) return [quoted(`${path} ${index}`)];
  const numbers = index === 0 ? ['*'] : [`[${index}-9]`, '[1-9][0-9]'];
  return numbers.map((number) => `${quoted(`${path} `)}${number}`);
}
