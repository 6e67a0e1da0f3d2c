import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { daemonCheck } from '../../../../runtimes/daemon-check.ts';
import { isPath } from '../../../kit/check-arguments.ts';
import { endedEarly, saysNo } from '../../../../runtimes/check-verdict.ts';
import script from './containerd-follows.sh?raw';

/**
 * The containerd that runs is the one whose configuration was read. `crictl info` knows, where there is one; without it
 * the check says what the plan rests on: a file that is older than the process.
 */
export const containerdFollows: NodeCheck = daemonCheck(
  script,
  ([folders = '', ...more]) => more.length === 0 && folders.split(':').every(isPath),
  judge,
);

function judge(output: CheckOutput): CheckVerdict {
  const { stdout } = output;
  const [first = ''] = stdout.split('\n');
  if (first === 'no-crictl')
    return {
      ok: true,
      saw: 'not asked: the node has no crictl; its configuration is older than the containerd that runs',
    };
  if (first === 'no-containerd') return saysNo('not-running', { daemon: 'containerd' });
  if (first === 'failed') return saysNo('crictl-info');
  if (first === 'untold')
    return {
      ok: true,
      saw: 'not told: this containerd does not say where it looks; its configuration is older than it',
    };
  if (first === 'same') return { ok: true, saw: 'the containerd that runs looks there' };
  const other = /^other (.*)$/u.exec(first)?.[1];
  if (other === undefined) return endedEarly(output);
  return other === '' ? saysNo('no-config-path') : saysNo('other-config-path', { path: other });
}
