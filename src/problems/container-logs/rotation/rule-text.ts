import { quoteWord } from '../../../logrotate/argument-words.ts';
import type { Settings } from '../../../logrotate/settings.ts';

/** What the rule has to override of settings that stand outside of it and would reach into it. */
export interface RuleNeeds {
  /** The file before the rule, or the main file, sets these. */
  readonly inherited: Settings;
  /** A container's folder is writable by more than root, which logrotate accepts only with `su`. */
  readonly su: boolean;
}

/**
 * The rule that nodemend writes. Reasons:
 * - `copytruncate`: dockerd keeps its log open and never opens it again; a renamed log goes on growing.
 * - `daily` and `maxsize`: the scheduled run is daily; where somebody runs it hourly, a log over 100 MiB does not wait.
 * - `rotate 5` and `compress`: as kubelet keeps on other runtimes; the guide's 10 are more than a 30 GB disk has room
 *   for.
 * - `dateext` with seconds: two runs on one day need two names, else logrotate skips the second one.
 * - `missingok`, `notifempty`: containers come and go, and most log nothing.
 * - no `create`: it has no effect together with `copytruncate` (logrotate(8)).
 * @returns undefined when docker's folder has a name that no rule can hold
 */
export function ruleText(dockerRoot: string, needs: RuleNeeds): string | undefined {
  const block = ruleBlock(dockerRoot, needs);
  if (block === undefined) return undefined;
  return `# Written by nodemend (container-logs): keeps the logs of docker's containers small.\n${block}`;
}

/** The rule alone, from its pattern to its closing brace and newline. */
export function ruleBlock(dockerRoot: string, needs: RuleNeeds): string | undefined {
  const pattern = rulePattern(dockerRoot);
  const word = quoteWord(pattern);
  if (word === undefined) return undefined;
  const lines = [...directives, ...(needs.su ? ['su root root'] : []), ...overrides(needs)];
  return `${word} {\n${lines.map((line) => `    ${line}\n`).join('')}}\n`;
}

function rulePattern(dockerRoot: string): string {
  return `${dockerRoot}/containers/*/*-json.log`;
}

const directives = [
  'daily',
  'maxsize 100M',
  'rotate 5',
  'copytruncate',
  'missingok',
  'notifempty',
  'compress',
  'dateext',
  'dateformat -%Y%m%d-%s',
];

function overrides({ inherited, su }: RuleNeeds): readonly string[] {
  const lines: readonly (readonly [boolean, string])[] = [
    [inherited.minSize > 0, 'minsize 0'],
    [inherited.minAge > 0, 'minage 0'],
    [inherited.delayCompress, 'nodelaycompress'],
    [inherited.copy, 'nocopy'],
    [inherited.renameCopy, 'norenamecopy'],
    [inherited.oldDir !== undefined, 'noolddir'],
    [inherited.mail !== undefined, 'nomail'],
    [inherited.su !== undefined && !su, 'su root root'],
  ];
  return lines.filter(([isNeeded]) => isNeeded).map(([, line]) => line);
}
