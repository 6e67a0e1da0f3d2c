import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { isPath } from '../../../kit/check-arguments.ts';
import { parseReport, valuesOf } from './report.ts';
import { saysNo } from '../../../../runtimes/check-verdict.ts';
import script from './rule-gone.sh?raw';
import scratch from './scratch.sh?raw';

/** After a rule was taken away: a scheduled run looks at no log in the folders that kubelet or nobody writes. */
export const ruleGone: NodeCheck = {
  script: [scratch, script].join('\n'),
  admits: (folders) => folders.every(isPath),
  judge,
};

function judge(output: CheckOutput): CheckVerdict {
  const { parts, unable } = parseReport(output);
  const whole = parts.get('whole');
  if (unable !== undefined) return saysNo('unable', { why: unable });
  // A run that read no file at all proves nothing.
  if (whole === undefined || Number(valuesOf(whole, 'files')[0] ?? 0) === 0) {
    return saysNo('logrotate-read-nothing', { exitCode: output.exitCode, words: output.stderr.trim() });
  }
  const [left] = valuesOf(whole, 'considered');
  return left === undefined
    ? { ok: true, saw: 'logrotate -d looks at none of these logs' }
    : saysNo('still-rotated', { log: left });
}
