import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../actions/action.ts';
import { daemonCheck } from '../../../runtimes/daemon-check.ts';
import { isPath } from '../../kit/check-arguments.ts';
import { saysNo } from '../../../runtimes/check-verdict.ts';
import script from './daemon-has-read.sh?raw';

/**
 * After the restart: the dockerd that runs was started behind the last change of its configuration, and so has read it.
 * What it read it does not tell (`docker info` knows the log driver, not its options).
 */
export const daemonHasRead: NodeCheck = daemonCheck(
  script,
  ([path = '', ...more]) => more.length === 0 && isPath(path),
  judge,
);

function judge({ stdout, exitCode, stderr }: CheckOutput): CheckVerdict {
  const seconds = (word: string): number =>
    Number(new RegExp(String.raw`^${word} (-?\d+)$`, 'm').exec(stdout)?.[1] ?? Number.NaN);
  const [running, changed] = [seconds('running'), seconds('changed')];
  if (Number.isNaN(running)) return saysNo('not-running', { daemon: 'dockerd' });
  if (Number.isNaN(changed)) return saysNo('file-unseen', { exitCode, words: stderr.trim() });
  // Both are whole seconds, cut off.
  if (running > changed + 1) return saysNo('older-than-file', { daemon: 'dockerd', running, changed });
  return {
    ok: true,
    saw: 'dockerd was started after the file was changed: containers made from now on have the limits',
  };
}
