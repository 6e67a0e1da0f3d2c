import { quoted } from './quote.ts';

/** What a function of bash or zsh does for some values of its subject. */
export interface Case {
  readonly patterns: readonly string[];
  readonly body: string;
}

/**
 * Options of many commands have the same values: one case each, with all their patterns. No two cases match the same.
 */
export function caseFunction(name: string, subject: string, cases: readonly Case[]): string {
  const merged = [...Map.groupBy(cases, ({ body }) => body)].map(
    ([body, same]) => `    ${same.flatMap(({ patterns }) => patterns).join(' | ')}) ${body} ;;\n`,
  );
  return `${name}() {\n  case ${subject} in\n${merged.join('')}  esac\n}\n`;
}

/**
 * The patterns of `PATH NUMBER` for one argument; of the last one, when it repeats, for a few dozen that follow, too.
 */
export function numberPatterns(path: string, index: number, repeats: boolean): readonly string[] {
  if (!repeats) return [quoted(`${path} ${index}`)];
  const numbers = index === 0 ? ['*'] : [`[${index}-9]`, '[1-9][0-9]'];
  return numbers.map((number) => `${quoted(`${path} `)}${number}`);
}
