import type { SortedLogs } from '../logs/docker-logs.ts';
import { coverageOf } from './coverage.ts';
import type { Verdict } from '../finding.ts';
import type { Rotation } from './rotation.ts';

/**
 * A rule in force without `missingok`: a container that goes away between logrotate's look at the folder and its turn
 * is an error (`findNeedRotating` in logrotate.c, 3.21.0: stat fails, and the run ends with exit code 1), and so is a
 * node without any container. All else is rotated anyway; what suffers is that a run that failed for a reason is
 * not told apart any more.
 */
export function missingOkVerdict(rotation: Rotation, { unbounded }: SortedLogs): Verdict | undefined {
  const held = coverageOf(unbounded, rotation).find((one) => one.state === 'covered' && !one.block.settings.missingOk);
  if (held?.state !== 'covered') return undefined;
  return {
    status: 'warn',
    rule: 'rule-lacks-missingok',
    params: { file: held.block.file },
  };
}
