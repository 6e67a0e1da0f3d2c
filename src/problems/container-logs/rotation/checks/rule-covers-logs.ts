import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { isPath } from '../../../kit/check-arguments.ts';
import { complaintsOf, parseReport, valuesOf, type Part } from './report.ts';
import script from './rule-covers-logs.sh?raw';
import scratch from './scratch.sh?raw';
import { isTrial } from './trial.ts';

/**
 * After the rule is in place: a scheduled run looks at every container's log, and a copy of the rule rotates a log in a
 * scratch folder while a program goes on writing it. No container's log is rotated, and no script of the rule is run (trial.ts).
 */
export const ruleCoversLogs: NodeCheck = {
  script: [scratch, script].join('\n'),
  admits: ([folder = '', rule = '', ...more]) => more.length === 0 && isPath(folder) && isTrial(rule),
  judge,
};

function judge(output: CheckOutput): CheckVerdict {
  const { parts, unable } = parseReport(output);
  const whole = parts.get('whole');
  const rotate = parts.get('rotate');
  if (unable !== undefined) return { ok: false, saw: `the check could not be made: ${unable}` };
  if (whole === undefined || rotate === undefined)
    return { ok: false, saw: `the check ended early (exit code ${output.exitCode}) ${output.stderr}`.trim() };
  const trouble = coverageTrouble(whole) ?? rotationTrouble(whole, rotate);
  if (trouble !== undefined) return { ok: false, saw: trouble };
  const logs = valuesOf(whole, 'log').length;
  const how = rotate.note === 'yes' ? 'when forced' : 'when due';
  return { ok: true, saw: `logrotate -d looks at ${logs} of ${logs} container logs; a scratch log was rotated ${how}` };
}

function coverageTrouble(whole: Part): string | undefined {
  const considered = new Set(valuesOf(whole, 'considered'));
  const logs = valuesOf(whole, 'log');
  const missed = logs.filter((log) => !considered.has(log));
  if (missed.length > 0)
    return `logrotate -d does not look at ${missed.length} of ${logs.length} container logs, for example ${missed[0]}`;
  // A log that it looks at and then leaves alone. Other complaints may be about a rule that was broken before and still
  // is.
  return complaintsOf(whole).find((complaint) => /^error: (?:skipping "|stat of )/.test(complaint));
}

interface Measured {
  readonly inode: string;
  readonly size: number;
}

/** `before` and `after` stand where the script prints them: behind the coverage, and behind the rotation. */
function rotationTrouble(whole: Part, rotate: Part): string | undefined {
  const [complaint] = complaintsOf(rotate);
  if (complaint !== undefined) return `the scratch log: ${complaint}`;
  if (rotate.exitCode !== 0) return `the scratch log: logrotate ended with exit code ${rotate.exitCode}`;
  const before = measured(valuesOf(whole, 'before')[0]);
  const after = measured(valuesOf(rotate, 'after')[0]);
  if (before.size === 0) return 'the scratch log could not be grown';
  const old = valuesOf(rotate, 'old').filter((line) => Number(line.split(' ')[0]) > 0);
  if (old.length === 0) return 'the scratch log was not rotated';
  if (after.inode !== before.inode) return 'the scratch log was renamed: dockerd would go on writing into the old one';
  if (after.size === 0) return 'the program that writes the scratch log went on writing elsewhere';
  return after.size < before.size ? undefined : 'the scratch log was not emptied';
}

/** A file that is not there has size 0 and an inode like no other. */
function measured(line = ''): Measured {
  const match = /^(\d+) (\d+)$/.exec(line);
  return { inode: match?.[1] ?? 'none', size: Number(match?.[2] ?? 0) };
}
