import type { CheckOutput, CheckVerdict, NodeCheck } from '../../../../actions/action.ts';
import { noArguments } from '../../../kit/check-arguments.ts';
import pathOfRoot from '../../../../runtimes/path-of-root.sh?raw';
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
  if (unable !== undefined) return { ok: false, saw: unableWords[unable] ?? unable };
  const before = parts.get('before');
  const after = parts.get('after');
  if (before === undefined || after === undefined)
    return { ok: false, saw: `the check ended early (exit code ${output.exitCode}) ${output.stderr}`.trim() };
  const known = new Set(complaintsOf(before).map(withoutPlace));
  const alone = parts.get('alone');
  const [folder] = alone === undefined ? [] : valuesOf(alone, 'folder');
  if (folder !== undefined) return { ok: false, saw: folderWords(folder) };
  const complaint = [alone, after].flatMap((part) => firstNew(part, known))[0];
  if (complaint !== undefined) return { ok: false, saw: `logrotate -d: ${complaint}` };
  if (after.exitCode !== 0 && before.exitCode === 0)
    return { ok: false, saw: `logrotate -d would end with exit code ${after.exitCode}` };
  return { ok: true, saw: 'logrotate -d accepts the file and the whole configuration with it' };
}

/** `<why> <path>`, as the script says it. */
function folderWords(folder: string): string {
  const [why = '', ...path] = folder.split(' ');
  return `others than root have a say in what ${path.join(' ')} is (${why}); a rule works there as root`;
}

function firstNew(part: Part | undefined, known: ReadonlySet<string>): readonly string[] {
  if (part === undefined) return [];
  return complaintsOf(part).filter((complaint) => !known.has(withoutPlace(complaint)));
}

const unableWords: Readonly<Record<string, string>> = {
  'no-room': 'no folder has 512 KiB of room for the check',
  'no-logrotate': 'the node has no logrotate',
  'no-copy': 'the rules folder could not be copied to try the file out',
  'not-included':
    'the main file does not include the folder by its own name, and no mount namespace is to be had to try the file out',
};
