import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { daemonCheck } from '../../../../runtimes/daemon-check.ts';
import { isAddress } from '../../../kit/check-arguments.ts';
import { endedEarly, saysNo } from '../../../../runtimes/check-verdict.ts';
import script from './docker-has-mirrors.sh?raw';

/** After the reload: dockerd itself names the mirrors that it asks. */
export const dockerHasMirrors: NodeCheck = daemonCheck(script, (urls) => urls.every(isAddress), judge);

function judge(output: CheckOutput): CheckVerdict {
  const { stdout } = output;
  const lines = stdout.trim().split('\n');
  const [first = ''] = lines;
  if (first === 'no-docker') return saysNo('not-running', { daemon: 'dockerd' });
  if (first === 'no-client') return { ok: true, saw: 'not asked: the node has no docker command' };
  if (first.startsWith('failed ')) return saysNo('docker-info', { words: first.slice(7) });
  if (output.exitCode !== 0) return endedEarly(output);
  const missing = lines.find((line) => line.startsWith('missing '));
  if (missing !== undefined) return saysNo('mirror-unasked', { mirror: missing.slice(8) });
  const mirrors = lines.flatMap((line) => /^mirror (\S+)$/u.exec(line)?.[1] ?? []);
  return { ok: true, saw: `dockerd asks ${mirrors.join(', ')} first` };
}
