import type { Finding } from '../../../problems/problem.ts';
import type { CommandSession } from '../../options/open-session.ts';
import { commandLine } from '../../../app/texts/command-line.ts';
import { groupFindings, isTrouble } from './group.ts';

export interface NextCommandOptions extends Pick<CommandSession, 'repeat' | 'repeatAccess'> {
  /** What was asked of whom, to be typed again where the same is asked once more: `['--only', 'image-pull']`. */
  readonly asked?: readonly string[];
  /** From a bundle nothing can be planned or tried: there only reading on helps. */
  readonly bundle: boolean;
}

/** What to type after a diagnosis; undefined when there is nothing to do. */
export function nextCommand(findings: readonly Finding[], options: NextCommandOptions): string | undefined {
  const words = nextWords(findings, options);
  return words && commandLine(['nodemend', ...words]);
}

function nextWords(
  findings: readonly Finding[],
  { repeat, repeatAccess, asked = [], bundle }: NextCommandOptions,
): readonly string[] | undefined {
  const troubles = findings.filter(isTrouble);
  const curable = unique(troubles.filter(({ remedy }) => remedy).map(({ problem }) => problem));
  if (curable.length > 0 && !bundle) return ['plan', ...curable, ...repeat];
  // What stands first in the view.
  const [first] = groupFindings(findings);
  if (first) return ['explain', first.problem, first.rule];
  if (bundle) return undefined;
  if (findings.some(({ status }) => status === 'unknown')) return ['doctor', ...repeatAccess];
  // With a hosts file there is no API server to ask; and a role has to be bound first.
  const useless = repeat.includes('--hosts') ? /^(?!--)|^--kubeconfig$/u : /^(?!--)/u;
  const skipped = findings.flatMap((finding) => (finding.status === 'not-looked-at' ? [finding] : []));
  const next = skipped.find(({ enable }) => !useless.test(enable));
  return next && ['diagnose', ...asked, ...repeat, ...next.enable.split(' ')];
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
