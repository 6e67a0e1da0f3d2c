import type { CheckOutput, CheckVerdict, NodeCheck } from '../../actions/action.ts';
import script from './daemon-accepts.sh?raw';

/**
 * Before docker's configuration takes its place: the node's own dockerd says that it would start with it, where it has
 * `--validate` (23.0 and newer). An older one cannot be asked without a start; the plan has read the file as strictly
 * as it would (daemon-config.ts), and the check says that nobody else did.
 */
export const daemonAccepts: NodeCheck = { script, judge };

function judge({ stdout, exitCode, stderr }: CheckOutput): CheckVerdict {
  const [first = '', ...said] = stdout.trim().split('\n');
  const code = /^validated (\d+)$/.exec(first)?.[1];
  if (code === '0')
    return { ok: true, saw: 'dockerd --validate accepts the file with the flags of the running daemon' };
  if (code !== undefined) return { ok: false, saw: `dockerd --validate: ${said.join(' ')}`.trim() };
  if (first === 'no-validate')
    return {
      ok: true,
      saw:
        'not validated by the daemon: this dockerd has no --validate (23.0 and newer have it); the file is ' +
        'strict JSON with known options only',
    };
  const [, flag] = /^flag (--[a-z-]+)$/.exec(first) ?? [];
  if (flag !== undefined)
    return {
      ok: false,
      saw: `dockerd runs with ${flag} by now: it would not start with the same option in both places`,
    };
  if (first === 'no-dockerd') return { ok: false, saw: 'the node has no dockerd' };
  return { ok: false, saw: `the check ended early (exit code ${exitCode}) ${stderr}`.trim() };
}
