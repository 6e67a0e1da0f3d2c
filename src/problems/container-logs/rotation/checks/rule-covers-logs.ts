import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { isPath } from '../../../kit/check-arguments.ts';
import { complaintsOf, parseReport, valuesOf, type Part, type Report } from './report.ts';
import type { Sentence } from '../../../../errors/sentences.ts';
import { endedEarly, saysNo } from '../../../../runtimes/check-verdict.ts';
import script from './rule-covers-logs.sh?raw';
import scratch from './scratch.sh?raw';
import { isTrial, isTrialTimes } from './trial.ts';

/**
 * After the rule is in place: a scheduled run looks at every container's log, and a copy of the rule rotates a log in a
 * scratch folder while a program goes on writing it, again and again, at the times at which the node's runs find it due.
 * No container's log is rotated, and no script of the rule is run (trial.ts).
 */
export const ruleCoversLogs: NodeCheck = {
  script: [scratch, script].join('\n'),
  admits: ([folder = '', rule = '', times = 'daily', ...more]) =>
    more.length === 0 && isPath(folder) && isTrial(rule) && isTrialTimes(times),
  judge,
};

const rotations = ['first', 'second', 'third'] as const;

function judge(output: CheckOutput): CheckVerdict {
  const report = parseReport(output);
  const whole = report.parts.get('whole');
  const first = report.parts.get('first');
  if (report.unable !== undefined) return saysNo('unable', { why: report.unable });
  if (whole === undefined || first === undefined) return endedEarly(output);
  const trouble = coverageTrouble(whole) ?? rotationsTrouble(report, whole);
  if (trouble !== undefined) return trouble;
  const logs = valuesOf(whole, 'log').length;
  const how = first.note === 'yes' ? 'when forced' : 'when due';
  const times = Number(valuesOf(whole, 'rotations')[0]);
  const again = times > 1 ? `, ${times} times in a row` : '';
  return {
    ok: true,
    saw: `logrotate -d looks at ${logs} of ${logs} container logs; a scratch log was rotated ${how}${again}`,
  };
}

function coverageTrouble(whole: Part): CheckVerdict | undefined {
  const considered = new Set(valuesOf(whole, 'considered'));
  const logs = valuesOf(whole, 'log');
  const missed = logs.filter((log) => !considered.has(log));
  if (missed.length > 0)
    return saysNo('logs-missed', { missed: missed.length, logs: logs.length, log: missed[0] ?? '' });
  // A log that it looks at and then leaves alone. Other complaints may be about a rule that was broken before and still
  // is.
  const saw = complaintsOf(whole).find((complaint) => /^error: (?:skipping "|stat of )/.test(complaint));
  return saw === undefined ? undefined : { ok: false, saw };
}

interface Measured {
  readonly inode: string;
  readonly size: number;
}

/** Each rotation's `before` stands where the script prints it: at the end of the part before. */
function rotationsTrouble({ parts }: Report, whole: Part): CheckVerdict | undefined {
  const wanted = Number(valuesOf(whole, 'rotations')[0] ?? 0);
  const keeps = Number(valuesOf(whole, 'keeps')[0] ?? 0);
  if (!(wanted > 0)) return saysNo('unrotated');
  let previous = whole;
  for (const [index, name] of rotations.slice(0, wanted).entries()) {
    const part = parts.get(name);
    if (part === undefined) return saysNo('ended-before-rotation', { number: index + 1 });
    const kept = keeps < 0 ? index + 1 : Math.min(keeps, index + 1);
    const trouble = rotationTrouble(previous, part, kept);
    if (trouble !== undefined)
      return index === 0
        ? saysNo(trouble.key, trouble.params)
        : saysNo('rotation', { number: index + 1, why: [inner(trouble)] });
    previous = part;
  }
  return undefined;
}

interface RotationTrouble {
  /** Under `check.`. */
  readonly key: string;
  readonly params?: NonNullable<Sentence['params']>;
}

function inner({ key, ...rest }: RotationTrouble): Sentence {
  return { key: `check.${key}`, ...rest };
}

function rotationTrouble(previous: Part, rotate: Part, kept: number): RotationTrouble | undefined {
  const [complaint] = complaintsOf(rotate);
  if (complaint !== undefined) return { key: 'scratch-complaint', params: { words: complaint } };
  if (rotate.exitCode !== 0) return { key: 'scratch-exit', params: { exitCode: rotate.exitCode } };
  const before = measured(valuesOf(previous, 'before')[0]);
  const after = measured(valuesOf(rotate, 'after')[0]);
  if (before.size === 0) return { key: 'scratch-not-grown' };
  const old = valuesOf(rotate, 'old').filter((line) => Number(line.split(' ')[0]) > 0);
  if (old.length === 0) return { key: 'scratch-not-rotated' };
  if (after.inode !== before.inode) return { key: 'scratch-renamed' };
  if (after.size === 0) return { key: 'scratch-elsewhere' };
  if (after.size >= before.size) return { key: 'scratch-not-emptied' };
  return old.length < kept ? { key: 'old-logs', params: { left: old.length, kept } } : undefined;
}

/** A file that is not there has size 0 and an inode like no other. */
function measured(line = ''): Measured {
  const match = /^(\d+) (\d+)$/.exec(line);
  return { inode: match?.[1] ?? 'none', size: Number(match?.[2] ?? 0) };
}
