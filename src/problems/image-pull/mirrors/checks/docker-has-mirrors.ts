import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { daemonCheck } from '../../../../runtimes/daemon-check.ts';
import { isAddress } from '../../../kit/check-arguments.ts';
import script from './docker-has-mirrors.sh?raw';

/** After the reload: dockerd itself names the mirrors that it asks. */
export const dockerHasMirrors: NodeCheck = daemonCheck(script, (urls) => urls.every(isAddress), judge);

function judge({ stdout, exitCode, stderr }: CheckOutput): CheckVerdict {
  const lines = stdout.trim().split('\n');
  const [first = ''] = lines;
  if (first === 'no-docker') return { ok: false, saw: 'dockerd does not run' };
  if (first === 'no-client') return { ok: true, saw: 'not asked: the node has no docker command' };
  if (first.startsWith('failed ')) return { ok: false, saw: `docker info fails: ${first.slice(7)}` };
  if (exitCode !== 0) return { ok: false, saw: `the check ended early (exit code ${exitCode}) ${stderr}`.trim() };
  const missing = lines.find((line) => line.startsWith('missing '));
  if (missing !== undefined) return { ok: false, saw: `dockerd does not ask ${missing.slice(8)}` };
  const mirrors = lines.flatMap((line) => /^mirror (\S+)$/u.exec(line)?.[1] ?? []);
  return { ok: true, saw: `dockerd asks ${mirrors.join(', ')} first` };
}
