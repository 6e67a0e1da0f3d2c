import type { CheckOutput, CheckVerdict, NodeCheck } from '../../actions/action.ts';
import { daemonCheck } from '../daemon-check.ts';
import { endedEarly, saysNo } from '../check-verdict.ts';
import script from './daemon-accepts.sh?raw';
import { conflictOf, readDaemonConfig } from './daemon-config.ts';
import daemonProbe from './daemon-probe.sh?raw';

/**
 * Before docker's configuration takes its place: the node's own dockerd says that it would start with it, where it has
 * `--validate` (23.0 and newer). An older one cannot be asked without a start; the plan has read the file as strictly
 * as it would (daemon-config.ts), and the check says that nobody else did. dockerd is asked about the file alone: what
 * the running one was started with is held against it here, because no word of a command line that was found on the
 * node is given to a program that root runs (docs/decisions/0027).
 */
export const daemonAccepts: NodeCheck = daemonCheck(
  `${daemonProbe}\n${script}`,
  // Plans of nodemend 0.1 name the flags that count here, which the check knows itself by now.
  (args) => args.every((arg) => arg === '--registry-mirror'),
  judge,
);

function judge(output: CheckOutput): CheckVerdict {
  const { stdout } = output;
  const end = stdout.indexOf('\n\n');
  const lines = (end === -1 ? stdout.trimEnd() : stdout.slice(0, end)).split('\n');
  if (lines[0] === 'no-dockerd') return saysNo('no-dockerd');
  const asked = lines.findIndex((line) => /^(?:no-validate|validated \d+)$/.test(line));
  if (asked === -1 || end === -1) return endedEarly(output);
  const flags = new Set(lines.slice(0, asked).map((line) => line.replace(/^flag /, '')));
  return trouble(stdout.slice(end + 2), flags) ?? validated(lines[asked] ?? '', lines.slice(asked + 1));
}

/** What `--validate` does not look at. */
function trouble(content: string, flags: ReadonlySet<string>): CheckVerdict | undefined {
  // What is not JSON has no words; dockerd says so itself.
  const fault =
    readDaemonConfig(content).state === 'valid' ? conflictOf(content, { flags, options: new Map() }) : undefined;
  switch (fault?.why) {
    case 'flag-and-file':
      return saysNo('flag-and-file', { option: fault.what });
    case 'log-option':
      return saysNo('log-option', { driver: fault.driver, option: fault.what });
    case 'log-option-missing':
      return saysNo('log-option-missing', { driver: fault.driver, option: fault.what });
    case 'log-value':
      return saysNo('log-value', { option: fault.what });
    default:
      return undefined;
  }
}

function validated(first: string, said: readonly string[]): CheckVerdict {
  if (first === 'no-validate')
    return {
      ok: true,
      saw:
        'not validated by the daemon: this dockerd has no --validate (23.0 and newer have it); the file is ' +
        'strict JSON with known options only',
    };
  if (first !== 'validated 0') return { ok: false, saw: `dockerd --validate: ${said.join(' ')}`.trim() };
  return { ok: true, saw: 'dockerd --validate accepts the file, and no flag of the running daemon gives its options' };
}
