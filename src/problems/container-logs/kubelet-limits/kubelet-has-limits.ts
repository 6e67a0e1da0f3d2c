import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../actions/action.ts';
import { daemonCheck } from '../../../runtimes/daemon-check.ts';
import { isPath } from '../../kit/check-arguments.ts';
import script from './kubelet-has-limits.sh?raw';

/**
 * After the restart: the kubelet that runs has the wanted limits, by its own command line, or by a file that it has
 * read since and that no flag overrides. What it says of itself (configz) needs another role: `diagnose --read-kubelet`
 * shows it.
 */
export const kubeletHasLimits: NodeCheck = daemonCheck(script, admits, judge);

/** In which form, in which file, and the two values. */
function admits(args: readonly string[]): boolean {
  const [how = '', path = '', size = '', files = ''] = args;
  const isForm = how === 'flags' || how === 'file';
  return args.length === 4 && isForm && isPath(path) && /^\d+(?:[KMGT]i?)?$/u.test(size) && /^\d{1,6}$/u.test(files);
}

function judge({ stdout, exitCode, stderr }: CheckOutput): CheckVerdict {
  const [, how, size, files] = /^want (flags|file) (\S+) (\d+)$/m.exec(stdout) ?? [];
  const seconds = (word: string): number =>
    Number(new RegExp(String.raw`^${word} (-?\d+)$`, 'm').exec(stdout)?.[1] ?? Number.NaN);
  const [running, changed] = [seconds('running'), seconds('changed')];
  if (Number.isNaN(running)) return { ok: false, saw: 'kubelet does not run' };
  if (Number.isNaN(changed))
    return { ok: false, saw: `the file could not be looked at (exit code ${exitCode}) ${stderr}`.trim() };
  // Both are whole seconds, cut off.
  if (running > changed + 1)
    return { ok: false, saw: `kubelet runs for ${running} s, and the file was changed ${changed} s ago` };
  const values = (form: RegExp): readonly string[] => [...stdout.matchAll(form)].map((match) => match[1] ?? '');
  const flags = [values(/^flag container-log-max-size=(.*)$/gm), values(/^flag container-log-max-files=(.*)$/gm)];
  const keys = [values(/^key containerLogMaxSize (.*)$/gm), values(/^key containerLogMaxFiles (.*)$/gm)];
  // Of a flag that is given twice the last one counts.
  const seen =
    how === 'flags' ? flags.map((list) => list.at(-1)) : keys.map((list, index) => flags[index]?.at(-1) ?? list[0]);
  const said = `size ${seen[0] ?? 'not given'}, files ${seen[1] ?? 'not given'}`;
  return { ok: seen[0] === size && seen[1] === files, saw: `kubelet was started anew with ${said}` };
}
