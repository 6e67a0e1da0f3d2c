import type { Block, WrittenDirective } from '../../../../logrotate/configuration.ts';
import { trialTimes, type RunTimes } from '../rotation-times.ts';

const nothing = /^$/u;
const number = /^-?\d{1,6}$/u;
const size = /^\d{1,12}[kMG]?$/u;
const ending = /^[A-Za-z0-9._-]{1,64}$/u;
const owner = /^[A-Za-z0-9._-]{1,64} +[A-Za-z0-9._-]{1,64}$/u;

function each(words: string, value: RegExp): readonly (readonly [string, RegExp])[] {
  return words.split(' ').map((word) => [word, value] as const);
}

/**
 * Directives of logrotate(8) that say when and how a log is rotated, with what may stand behind them. None of them runs
 * a program (scripts, `compresscmd`, `mail`), reads another file (`include`) or names a place (`olddir`): the check
 * runs logrotate for real, as root, and must do nothing that nobody approved.
 */
const directives: ReadonlyMap<string, RegExp> = new Map([
  ...each('hourly daily yearly missingok nomissingok ifempty notifempty', nothing),
  ...each('compress nocompress delaycompress nodelaycompress sharedscripts nosharedscripts', nothing),
  ...each('copytruncate nocopytruncate copy nocopy renamecopy norenamecopy nocreate noolddir nomail', nothing),
  ...each('dateext nodateext dateyesterday datehourago mailfirst maillast shred noshred', nothing),
  ...each('ignoreduplicates allowhardlink noallowhardlink', nothing),
  ...each('rotate maxage minage start shredcycles', number),
  ...each('weekly monthly', /^\d{0,2}$/u),
  ...each('size minsize maxsize', size),
  ...each('extension addextension compressext', ending),
  ...each('su', owner),
  ['create', /^(?:[0-7]{3,4}(?: +[A-Za-z0-9._-]{1,64} +[A-Za-z0-9._-]{1,64})?)?$/u],
  ['dateformat', /^[A-Za-z0-9%._-]{1,64}$/u],
  ['compressoptions', /^-[1-9]$/u],
]);

/** What goes by size alone is due at once in the trial (3.8.6 does not even force it). */
const bySize: ReadonlySet<string> = new Set(['size', 'minsize']);

/**
 * A rule as it is tried out on a small log, from brace to brace: of what somebody wrote, only what says when and how to
 * rotate. Its scripts are not run by a check.
 */
export function trialOf(written: readonly WrittenDirective[]): string {
  const lines = written
    .filter(({ word, value }) => directives.get(word)?.test(value))
    .map(({ word, value }) => `    ${word} ${bySize.has(word) ? '1k' : value}`.trimEnd());
  return ['{', ...lines, '}'].join('\n');
}

/** What rule-covers-logs is given: docker's containers folder as the rule names it, the rule, and when it is to rotate. */
export function trialArguments(folder: string, { written, settings }: Block, run: RunTimes): readonly string[] {
  return [folder, trialOf(written), trialTimes(settings, run)].filter((argument) => argument !== undefined);
}

/** Whether a text says when a trial is to rotate. Pure. */
export function isTrialTimes(text: string): boolean {
  if (text === 'daily') return true;
  return /^\d{1,4}(?:,\d{1,4}){1,2}$/u.test(text) && text.split(',').every((time) => Number(time) < 1_440);
}

/** Whether a text is such a rule, and nothing else. Plans of nodemend 0.1 hold the rule as it was written. Pure. */
export function isTrial(text: string): boolean {
  const lines = text.split('\n');
  if (lines.length < 2 || lines.length > 200 || lines[0] !== '{' || lines.at(-1) !== '}') return false;
  return lines.slice(1, -1).every((line) => {
    const [, word = '', value = ''] = /^[ \t]*([a-z]+)(?:[ \t]+(\S(?:.*\S)?))?[ \t]*$/u.exec(line) ?? [];
    return directives.get(word)?.test(value) === true;
  });
}
