import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { noArguments } from '../../../kit/check-arguments.ts';
import pathOfRoot from '../../../../runtimes/path-of-root.sh?raw';
import { endedEarly, saysNo } from '../../../../runtimes/check-verdict.ts';
import script from './logrotate-accepts.sh?raw';
import { complaintsOf, parseReport, valuesOf, withoutPlace, type Part } from './report.ts';
import scratch from './scratch.sh?raw';

/**
 * Before a file takes its place: docker's folder, where a rule names it, is root's alone, and the node's own logrotate
 * complains about nothing new, neither in the file alone nor in the whole configuration with the file in it. What was
 * wrong on the node before stays its owner's affair.
 */
export const logrotateAccepts: NodeCheck = {
  script: [pathOfRoot, scratch, script].join('\n'),
  admits: noArguments,
  judge,
};

function judge(output: CheckOutput): CheckVerdict {
  const { parts, unable } = parseReport(output);
  if (unable !== undefined) return saysNo(ownWords.has(unable) ? unable : 'unable', { why: unable });
  const before = parts.get('before');
  const after = parts.get('after');
  if (before === undefined || after === undefined) return endedEarly(output);
  const known = new Set(complaintsOf(before).map(withoutPlace));
  const alone = parts.get('alone');
  const [folder] = alone === undefined ? [] : valuesOf(alone, 'folder');
  if (folder !== undefined) return folderNo(folder);
  const complaint = [alone, after].flatMap((part) => firstNew(part, known))[0];
  if (complaint !== undefined) return { ok: false, saw: `logrotate -d: ${complaint}` };
  if (after.exitCode !== 0 && before.exitCode === 0) return saysNo('logrotate-exit', { exitCode: after.exitCode });
  return { ok: true, saw: 'logrotate -d accepts the file and the whole configuration with it' };
}

/** `<why> <path>`, as the script says it. */
function folderNo(folder: string): CheckVerdict {
  const [why = '', ...path] = folder.split(' ');
  return saysNo('folder-of-others', { path: path.join(' '), why });
}

function firstNew(part: Part | undefined, known: ReadonlySet<string>): readonly string[] {
  if (part === undefined) return [];
  return complaintsOf(part).filter((complaint) => !known.has(withoutPlace(complaint)));
}

/** Reasons of the script's that have a sentence each. */
const ownWords: ReadonlySet<string> = new Set(['no-room', 'no-logrotate', 'no-copy', 'not-included']);
