import type { CheckOutput, CheckVerdict, NodeCheck } from '../../actions/action.ts';
import { daemonCheck } from '../../runtimes/daemon-check.ts';
import { isPath } from './check-arguments.ts';
import { saysNo } from '../../runtimes/check-verdict.ts';
import script from './kubelet-has-settings.sh?raw';

/** Two settings that are changed together, and what their values look like. */
export interface SettingsPair {
  /** Names of flags, without dashes. */
  readonly flags: readonly [string, string];
  /** As a KubeletConfiguration has them. */
  readonly keys: readonly [string, string];
  /** What they are called in a verdict. */
  readonly words: readonly [string, string];
  readonly forms: readonly [RegExp, RegExp];
}

/**
 * After the restart: the kubelet that runs has the wanted settings, by its own command line, or by a file that it has
 * read since and that no flag overrides. What it says of itself (configz) needs another role: `diagnose --read-kubelet`
 * shows it.
 */
export function kubeletHasSettings(pair: SettingsPair): NodeCheck {
  const names = `wanted_flags='${pair.flags.join(String.raw`\|`)}' wanted_keys='${pair.keys.join(String.raw`\|`)}'`;
  return daemonCheck(
    `${names}\n${script}`,
    (args) => admits(args, pair),
    (output) => judge(output, pair),
  );
}

/** In which form, in which file, and the two values. */
function admits(args: readonly string[], { forms: [first, second] }: SettingsPair): boolean {
  const [how = '', path = '', one = '', other = ''] = args;
  const isForm = how === 'flags' || how === 'file';
  return args.length === 4 && isForm && isPath(path) && first.test(one) && second.test(other);
}

function judge({ stdout, exitCode, stderr }: CheckOutput, { flags, keys, words }: SettingsPair): CheckVerdict {
  const [, how, one, other] = /^want (flags|file) (\S+) (\S+)$/m.exec(stdout) ?? [];
  const seconds = (word: string): number =>
    Number(new RegExp(String.raw`^${word} (-?\d+)$`, 'm').exec(stdout)?.[1] ?? Number.NaN);
  const [running, changed] = [seconds('running'), seconds('changed')];
  if (Number.isNaN(running)) return saysNo('not-running', { daemon: 'kubelet' });
  if (Number.isNaN(changed)) return saysNo('file-unseen', { exitCode, words: stderr.trim() });
  // Both are whole seconds, cut off.
  if (running > changed + 1) return saysNo('older-than-file', { daemon: 'kubelet', running, changed });
  const values = (form: string): readonly string[] =>
    [...stdout.matchAll(new RegExp(`^${form}(.*)$`, 'gm'))].map((match) => match[1] ?? '');
  const given = flags.map((flag) => values(`flag ${flag}=`));
  const inFile = keys.map((key) => values(`key ${key} `));
  // Of a flag that is given twice the last one counts.
  const seen = given.map((list, index) => (how === 'flags' ? list.at(-1) : (list.at(-1) ?? inFile[index]?.[0])));
  const settings = words.map((word, index) => `${word} ${seen[index] ?? '-'}`).join(', ');
  return seen[0] === one && seen[1] === other
    ? { ok: true, saw: `kubelet was started anew with ${settings}` }
    : saysNo('kubelet-settings', { settings });
}
